import {
	type FocusEvent,
	type KeyboardEvent,
	useEffect,
	useId,
	useMemo,
	useRef,
	useState,
} from "react";
import { useT } from "@/i18n/index.ts";
import { plainKey } from "@/lib/plainKey.ts";
import { getState, useShallowStore } from "@/stores/index.ts";
import { announce } from "@/ui/announce.ts";
import { Dialog } from "@/ui/Dialog.tsx";
import { useActions } from "./actions.tsx";
import { type Ahead, fieldClass } from "./ahead.ts";
import type { Person } from "./people.ts";
import { prefixOf, type Result, resultsFor } from "./results.ts";

type Props = {
	ahead: Ahead;
	onClose: () => void;
	openPerson: (person: Person) => void;
};

/** Goes anywhere by typing: a combobox over what is already in memory. */
export function Switcher({ ahead, onClose, openPerson }: Props) {
	const t = useT();
	const id = useId();
	const memory = useShallowStore((state) => [
		state.servers,
		state.channels,
		state.members,
		state.reads,
		state.tracks,
		state.recent,
	]);
	const actions = useActions();
	const [query, setQuery] = useState(ahead.text);
	const [index, setIndex] = useState(0);
	const list = useRef<HTMLDivElement>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `memory` is the part of the state that is asked
	const results = useMemo(
		() => resultsFor(query, getState(), t, { actions, openPerson }),
		[query, memory, t, actions, openPerson],
	);
	const current = Math.min(index, Math.max(0, results.length - 1));

	useEffect(() => {
		if (query) announce(t.app.switcher.results(results.length));
	}, [query, results.length, t]);
	useEffect(() => {
		list.current
			?.querySelector(`[data-index="${current}"]`)
			?.scrollIntoView({ block: "nearest" });
	}, [current]);

	const pick = (result: Result | undefined, keepOpen: boolean) => {
		if (!result) return;
		if (!keepOpen) onClose();
		result.run();
	};
	// biome-ignore lint/correctness/useExhaustiveDependencies: what was pressed before it opened counts once
	useEffect(() => {
		if (ahead.isEntered) pick(results[0], false);
	}, []);
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.nativeEvent.isComposing) return;
		const key = plainKey(event);
		if (key === "ArrowDown" || key === "ArrowUp") {
			event.preventDefault();
			const step = key === "ArrowDown" ? 1 : -1;
			setIndex((current + step + results.length) % Math.max(1, results.length));
		} else if (event.key === "Enter") {
			event.preventDefault();
			pick(results[current], event.ctrlKey || event.metaKey);
		} else if (key === "Tab" && results[current]) {
			event.preventDefault();
			setQuery(prefixOf(query) + results[current].name);
		}
	};
	return (
		<Dialog title={t.app.switcher.title} onClose={onClose} width="wide" bare>
			<input
				role="combobox"
				aria-expanded={results.length > 0}
				aria-controls={`${id}-list`}
				aria-activedescendant={
					results[current] ? `${id}-${current}` : undefined
				}
				aria-autocomplete="list"
				aria-label={t.app.switcher.field}
				placeholder={t.app.switcher.field}
				autoComplete="off"
				spellCheck={false}
				value={query}
				onChange={(event) => {
					setQuery(event.target.value);
					setIndex(0);
				}}
				onKeyDown={onKeyDown}
				onFocus={caretToEnd}
				className={fieldClass}
			/>
			<div
				ref={list}
				id={`${id}-list`}
				role="listbox"
				tabIndex={-1}
				aria-label={t.app.switcher.title}
				className="scroll-thin max-h-90 overflow-y-auto p-2"
			>
				{results.length === 0 ? (
					<p className="px-3 py-6 text-center text-ui text-ink-3">
						{t.app.switcher.none}
					</p>
				) : null}
				{results.map((result, at) => (
					<Option
						key={result.key}
						id={`${id}-${at}`}
						index={at}
						result={result}
						isCurrent={at === current}
						onPick={() => pick(result, false)}
					/>
				))}
			</div>
			<p className="border-t border-line px-5 py-2 text-small text-ink-3">
				{t.app.switcher.hint}
			</p>
		</Dialog>
	);
}

/** What was typed ahead goes on where it stopped. */
function caretToEnd({ currentTarget }: FocusEvent<HTMLInputElement>): void {
	const end = currentTarget.value.length;
	currentTarget.setSelectionRange(end, end);
}

type OptionProps = {
	id: string;
	index: number;
	result: Result;
	isCurrent: boolean;
	onPick: () => void;
};

function Option({ id, index, result, isCurrent, onPick }: OptionProps) {
	const Icon = result.icon;
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys
		<div
			id={id}
			role="option"
			data-index={index}
			aria-selected={isCurrent}
			tabIndex={-1}
			onClick={onPick}
			className="flex min-h-9 cursor-pointer items-center gap-3 rounded-control px-3 text-ui hover:bg-hover aria-selected:bg-active coarse:min-h-11"
		>
			<Icon aria-hidden="true" size={16} className="shrink-0 text-ink-3" />
			<span
				dir="auto"
				className={`truncate ${result.isUnread ? "font-semibold text-ink-1" : ""}`}
			>
				{result.name}
			</span>
			<span className="grow truncate text-end text-small text-ink-3">
				<bdi>{result.detail}</bdi>
			</span>
		</div>
	);
}
