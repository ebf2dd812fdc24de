import {
	type ChangeEvent,
	type FormEvent,
	useEffect,
	useRef,
	useState,
} from "react";
import {
	type Catalog,
	errorText,
	fieldText,
	retryText,
	useT,
} from "@/i18n/index.ts";
import { sleep } from "@/lib/sleep.ts";
import { isOutOfReach, useWhenReached } from "../reached.ts";
import type { Values } from "./meet.ts";
import { useCountdown } from "./useCountdown.ts";

type Faults<V extends Values> = { [K in keyof V]?: string | undefined };

export type FormOptions<V extends Values> = {
	initial: V;
	/** The faults that can be seen without the hub; run on blur and before sending. */
	validate?: (values: V) => Faults<V>;
	/** Sends. What it throws lands on the fields it names, else under the form. */
	submit: (values: V) => Promise<void>;
	/** A better sentence for an error than the general one. */
	explain?: (error: unknown, values: V) => string | undefined;
	/** Whose wait a rate limit is; without it, the whole form's. */
	waitOf?: (values: V) => string;
};

/** What is said of the form as a whole; a wait's words go with the wait. */
type Failure = {
	text: string;
	isWait: boolean;
	of: string;
	/** Over as soon as the hub is there again. */
	isAway: boolean;
};

/** How often a busy hub is asked again before it is the reader's turn. */
const RETRIES = 5;

/**
 * The state of one form: values, faults, waiting. What was typed is never lost; the focus goes to
 * the first fault; a rate limit counts down on the button; what a busy hub did not take is sent
 * again by itself. Knows no field by name.
 */
export function useForm<V extends Values>({
	initial,
	validate,
	submit,
	explain,
	waitOf,
}: FormOptions<V>) {
	const t = useT();
	const [values, setValues] = useState(initial);
	const [faults, setFaults] = useState<Faults<V>>({});
	const [failure, setFailure] = useState<Failure>();
	/** What is said at the fields of a wait, and goes with it. */
	const [held, setHeld] = useState<Faults<V>>({});
	const [busy, setBusy] = useState(false);
	const waiter = waitOf?.(values) ?? "";
	const wait = useCountdown(waiter);
	const form = useRef<HTMLFormElement>(null);
	const [attempts, setAttempts] = useState(0);

	// The faults are in the page only after the render that shows them.
	useEffect(() => {
		if (attempts === 0) return;
		form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
	}, [attempts]);

	useWhenReached(() => {
		if (failure?.isAway) setFailure(undefined);
	});

	const isHere = useRef(true);
	useEffect(() => {
		isHere.current = true;
		return () => {
			isHere.current = false;
		};
	}, []);

	const refuse = (
		found: Faults<V>,
		general?: Failure,
		waiting: Faults<V> = {},
	) => {
		setFaults(found);
		setHeld(waiting);
		setFailure(general);
		setAttempts((n) => n + 1);
	};

	const send = async (event?: FormEvent) => {
		event?.preventDefault();
		if (busy || wait.seconds > 0) return;
		const found = validate?.(values) ?? {};
		if (hasFault(found)) return refuse(found);
		setBusy(true);
		setFailure(undefined);
		try {
			await submitPatiently();
			setFaults({});
			setFailure(undefined);
		} catch (error) {
			const waitMs = retryAfterMs(error);
			if (waitMs > 0) wait.start(waitMs);
			const named: Faults<V> = {};
			for (const name of Object.keys(values) as (keyof V & string)[])
				named[name] = fieldText(t, error, name) ?? undefined;
			const text = explain?.(error, values) ?? generalText(t, error);
			// Of a hub that took nothing, however often it was asked, the words stay.
			const isWait = waitMs > 0 && codeOf(error) === "rate_limited";
			const isAway = isOutOfReach(error);
			const general = { text, isWait, of: waiter, isAway };
			const said = hasFault(named) ? undefined : general;
			if (isWait) refuse({}, said, named);
			else refuse(named, said);
		} finally {
			setBusy(false);
		}
	};

	/** A hub that is too busy has done nothing; the press need not be repeated. */
	const submitPatiently = async () => {
		for (let attempt = 1; ; attempt += 1) {
			try {
				return await submit(values);
			} catch (error) {
				const isLast = attempt > RETRIES || !isHere.current;
				if (isLast || !isBusyHub(error)) throw error;
				setFailure({
					text: retryText(t),
					isWait: false,
					of: waiter,
					isAway: false,
				});
				// Those who were refused together do not come back together.
				await sleep(retryAfterMs(error) * attempt * (1 + Math.random()));
				if (!isHere.current) throw error;
			}
		}
	};

	const set = (name: keyof V & string, value: string) => {
		setValues((before) => ({ ...before, [name]: value }));
		setFaults((before) => ({ ...before, [name]: undefined }));
		setHeld((before) => ({ ...before, [name]: undefined }));
	};

	return {
		values,
		set,
		busy,
		failure: isShown(failure, waiter, wait.seconds) ? failure.text : undefined,
		waitSeconds: wait.seconds,
		isDirty: Object.keys(initial).some((key) => values[key] !== initial[key]),
		reset: () => {
			setValues(initial);
			setFaults({});
			setHeld({});
			setFailure(undefined);
		},
		submit: send,
		/** Props of the `<form>`. */
		form: { ref: form, onSubmit: send, noValidate: true },
		/** Props of the field called `name`. */
		field: (name: keyof V & string) => ({
			name,
			value: values[name] ?? "",
			error: faults[name] ?? (wait.seconds > 0 ? held[name] : undefined),
			onChange: (
				event: ChangeEvent<
					HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
				>,
			) => set(name, event.target.value),
			onBlur: () => {
				if (!values[name]) return;
				const found = validate?.(values)[name];
				setFaults((before) => ({ ...before, [name]: found ?? before[name] }));
			},
		}),
	};
}

function hasFault(faults: object): boolean {
	return Object.values(faults).some((fault) => fault !== undefined);
}

/** What was said of a wait is over with it, and is not said of others. */
function isShown(
	failure: Failure | undefined,
	waiter: string,
	seconds: number,
): failure is Failure {
	if (!failure?.isWait) return failure !== undefined;
	return failure.of === waiter && seconds > 0;
}

/** The button counts a wait down; words beside it would only grow stale. */
function generalText(t: Catalog, error: unknown): string {
	return codeOf(error) === "rate_limited"
		? t.errors.codes.rate_limited
		: errorText(t, error);
}

/** The hub says when to come back; what stands between it and us does not, and may have acted. */
function isBusyHub(error: unknown): boolean {
	return codeOf(error) === "unavailable" && retryAfterMs(error) > 0;
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}

function retryAfterMs(error: unknown): number {
	const wait =
		error instanceof Error && "retryAfterMs" in error ? error.retryAfterMs : 0;
	return typeof wait === "number" ? wait : 0;
}
