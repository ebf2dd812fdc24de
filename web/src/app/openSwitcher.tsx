/**
 * Opens the quick switcher at once. Its code may have to come first: until then a plain field stands
 * in its place and keeps what is typed. It knows nothing of what can be found.
 */
import { type ComponentType, useEffect, useRef, useState } from "react";
import { type Ahead, fieldClass } from "@/features/switcher/ahead.ts";
import { loadSettingsTexts, useT } from "@/i18n/index.ts";
import { reloadIfStale } from "@/lib/staleCode.ts";
import { openDialog } from "@/ui/dialogs.tsx";
import { findOpener, rememberOpener, returnFocus } from "@/ui/opener.ts";
import { dismissNotOpened, tellNotOpened } from "@/ui/tellFault.ts";

type Switcher = ComponentType<{ ahead: Ahead; onClose: () => void }>;

let arrived: Switcher | undefined;

export async function loadSwitcher(): Promise<Switcher> {
	const code = import("./SwitcherDialog.tsx");
	// It finds the pages of the settings by their names.
	const [part] = await Promise.all([code, loadSettingsTexts()]);
	arrived = part.default;
	return arrived;
}

export function openSwitcher(): void {
	const opener = findOpener();
	// When the dialog asks who opened it, the stand-in has had the focus and is gone.
	rememberOpener(opener);
	openDialog((onClose) => <Opening opener={opener} onClose={onClose} />);
}

type OpeningProps = { opener: HTMLElement | null; onClose: () => void };

function Opening({ opener, onClose }: OpeningProps) {
	const [Switcher, setSwitcher] = useState(() => arrived);
	const [ahead, setAhead] = useState<Ahead>({ text: "", isEntered: false });
	const close = () => {
		returnFocus(opener);
		onClose();
	};
	if (Switcher) return <Switcher ahead={ahead} onClose={onClose} />;
	return (
		<StandIn
			ahead={ahead}
			onChange={setAhead}
			onCome={(came) => setSwitcher(() => came)}
			onClose={close}
		/>
	);
}

type StandInProps = {
	ahead: Ahead;
	onChange: (ahead: Ahead) => void;
	onCome: (switcher: Switcher) => void;
	onClose: () => void;
};

/** Where the field of the switcher will be, and as it will be. */
function StandIn({ ahead, onChange, onCome, onClose }: StandInProps) {
	const t = useT();
	const latest = useRef({ onCome, onClose });
	latest.current = { onCome, onClose };
	useEffect(() => {
		let isWaiting = true;
		const onFault = (fault: unknown) => {
			reloadIfStale(fault);
			latest.current.onClose();
			tellNotOpened();
		};
		const onCome = (came: Switcher) => {
			latest.current.onCome(came);
			dismissNotOpened();
		};
		loadSwitcher().then(
			(came) => isWaiting && onCome(came),
			(fault: unknown) => isWaiting && onFault(fault),
		);
		return () => {
			isWaiting = false;
		};
	}, []);
	return (
		<>
			<div
				aria-hidden="true"
				className="fixed inset-0 z-30 bg-scrim"
				onClick={onClose}
			/>
			<div
				role="dialog"
				aria-modal="true"
				aria-label={t.app.switcher.title}
				className="fixed inset-x-0 z-30 mx-auto w-full border border-line bg-raised shadow-overlay max-tablet:bottom-0 max-tablet:rounded-t-card tablet:top-[15%] tablet:max-w-140 tablet:rounded-card"
			>
				<input
					// biome-ignore lint/a11y/noAutofocus: a dialog begins at its field
					autoFocus
					aria-label={t.app.switcher.field}
					placeholder={t.app.switcher.field}
					autoComplete="off"
					spellCheck={false}
					value={ahead.text}
					onChange={({ target }) =>
						onChange({ text: target.value, isEntered: false })
					}
					onKeyDown={(event) => {
						if (event.nativeEvent.isComposing) return;
						if (event.key === "Escape") onClose();
						if (event.key === "Enter") onChange({ ...ahead, isEntered: true });
						// The only stop there is.
						if (event.key === "Tab") event.preventDefault();
					}}
					className={fieldClass}
				/>
			</div>
		</>
	);
}
