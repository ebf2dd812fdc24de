import { useState } from "react";
import { isSame, meet, namesOf, type Values } from "./meet.ts";
import { type FormOptions, useForm } from "./useForm.ts";

type Options<V extends Values> = Omit<FormOptions<V>, "initial"> & {
	/** What is saved now, as the store has it; it may change while the form is open. */
	saved: V;
	/** Reads what is saved now into the store, where a change elsewhere may not have told this device. */
	refresh?: () => Promise<V>;
};

export type SavedForm<V extends Values> = ReturnType<typeof useSavedForm<V>>;

/**
 * A form over values that others may save meanwhile. What I did not touch follows them; what we both
 * changed is put before me field by field, and nothing is sent until I have chosen.
 */
export function useSavedForm<V extends Values>({
	saved,
	refresh,
	submit,
	...options
}: Options<V>) {
	const [base, setBase] = useState(saved);
	const [seen, setSeen] = useState(saved);
	const [disputed, setDisputed] = useState<readonly (keyof V & string)[]>([]);

	const form = useForm({
		...options,
		initial: base,
		submit: async (values: V) => {
			// The store hears of it too: the next rendering shows the dispute.
			const met = meet(base, values, refresh ? await refresh() : base);
			if (met.disputed.length > 0) return;
			const kept = trimmed(met.values);
			await submit(kept);
			setBase(kept);
			setDisputed([]);
		},
	});

	// While rendering: no picture shows a form that contradicts the store.
	if (!isEqual(seen, saved)) {
		setSeen(saved);
		setBase(saved);
		const met = meet(base, form.values, saved);
		for (const key of namesOf(saved))
			if (met.values[key] !== form.values[key])
				form.set(key, met.values[key] ?? "");
		setDisputed((before) => [...new Set([...before, ...met.disputed])]);
	}

	const isChanged = (key: keyof V & string) =>
		!isSame(form.values[key], base[key]);
	const open = disputed.filter(isChanged);
	return {
		...form,
		isDirty: namesOf(base).some(isChanged),
		/** Fields to choose in, with what is saved there now. */
		disputes: open.map((key) => ({
			key,
			theirs: base[key] ?? "",
			mine: form.values[key] ?? "",
		})),
		choose: (key: keyof V & string, side: "theirs" | "mine") => {
			if (side === "theirs") form.set(key, base[key] ?? "");
			setDisputed(disputed.filter((one) => one !== key));
		},
		reset: () => {
			form.reset();
			setDisputed([]);
		},
		submit: async () => {
			if (open.length === 0) await form.submit();
		},
		form: {
			...form.form,
			onSubmit: async (event: React.FormEvent) => {
				event.preventDefault();
				if (open.length === 0) await form.submit();
			},
		},
	};
}

function isEqual<V extends Values>(a: V, b: V): boolean {
	return namesOf(a).every((key) => a[key] === b[key]);
}

function trimmed<V extends Values>(values: V): V {
	const result = { ...values };
	for (const key of namesOf(values))
		Object.assign(result, { [key]: values[key]?.trim() });
	return result;
}
