import { useEffect, useState } from "react";
import { recall, remember, type Stretch } from "./stretches.ts";

/** The code in its colours; in one stretch without any until they have come, if they do. */
export function useColours(
	code: string,
	language: string | undefined,
): readonly Stretch[] {
	const [, setCame] = useState("");
	const known = language ? recall(code, language) : undefined;
	const isWanted = language !== undefined && known === undefined;
	useEffect(() => {
		if (!isWanted) return;
		let isOn = true;
		import("./colours.ts")
			.then(({ colour }) => colour(code, language))
			.then((stretches) => {
				if (stretches) remember(code, language, stretches);
				if (stretches && isOn) setCame(code);
			})
			// Without them the code is as readable.
			.catch(() => {});
		return () => {
			isOn = false;
		};
	}, [isWanted, code, language]);
	return known ?? [{ text: code, hue: undefined }];
}
