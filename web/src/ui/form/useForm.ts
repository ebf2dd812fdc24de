import {
	type ChangeEvent,
	type FormEvent,
	useEffect,
	useRef,
	useState,
} from "react";
import { errorText, fieldText, useT } from "@/i18n/index.ts";
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
	explain?: (error: unknown) => string | undefined;
};

/**
 * The state of one form: values, faults, waiting. What was typed is never lost; the focus goes to
 * the first fault; a rate limit counts down on the button. Knows no field by name.
 */
export function useForm<V extends Values>({
	initial,
	validate,
	submit,
	explain,
}: FormOptions<V>) {
	const t = useT();
	const [values, setValues] = useState(initial);
	const [faults, setFaults] = useState<Faults<V>>({});
	const [failure, setFailure] = useState<string>();
	const [busy, setBusy] = useState(false);
	const wait = useCountdown();
	const form = useRef<HTMLFormElement>(null);
	const [attempts, setAttempts] = useState(0);

	// The faults are in the page only after the render that shows them.
	useEffect(() => {
		if (attempts === 0) return;
		form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
	}, [attempts]);

	const refuse = (found: Faults<V>, general?: string) => {
		setFaults(found);
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
			await submit(values);
			setFaults({});
		} catch (error) {
			wait.start(retryAfterMs(error));
			const named: Faults<V> = {};
			for (const name of Object.keys(values) as (keyof V & string)[])
				named[name] = fieldText(t, error, name) ?? undefined;
			refuse(
				named,
				hasFault(named) ? undefined : (explain?.(error) ?? errorText(t, error)),
			);
		} finally {
			setBusy(false);
		}
	};

	const set = (name: keyof V & string, value: string) => {
		setValues((before) => ({ ...before, [name]: value }));
		setFaults((before) => ({ ...before, [name]: undefined }));
	};

	return {
		values,
		set,
		busy,
		failure,
		waitSeconds: wait.seconds,
		isDirty: Object.keys(initial).some((key) => values[key] !== initial[key]),
		reset: () => {
			setValues(initial);
			setFaults({});
			setFailure(undefined);
		},
		submit: send,
		/** Props of the `<form>`. */
		form: { ref: form, onSubmit: send, noValidate: true },
		/** Props of the field called `name`. */
		field: (name: keyof V & string) => ({
			name,
			value: values[name] ?? "",
			error: faults[name],
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

function retryAfterMs(error: unknown): number {
	const wait =
		error instanceof Error && "retryAfterMs" in error ? error.retryAfterMs : 0;
	return typeof wait === "number" ? wait : 0;
}
