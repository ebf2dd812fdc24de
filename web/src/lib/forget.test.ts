import { expect, it, onTestFinished, vi } from "vitest";
import { beforeForget, forgetAll, handOverAll, onForget } from "./forget.ts";

it.each([
	["handed over", beforeForget, handOverAll],
	["forgotten", onForget, forgetAll],
])(
	"lets nothing that cannot be %s keep the rest from it",
	(_what, register, all) => {
		const fault = new Error("no disk");
		let isBroken = true;
		vi.useFakeTimers();
		const rest = vi.fn();
		register(() => {
			if (isBroken) throw fault;
		});
		register(rest);
		onTestFinished(() => {
			isBroken = false;
			vi.useRealTimers();
		});
		expect(all).not.toThrow();
		expect(rest).toHaveBeenCalledOnce();
		expect(vi.runAllTimers).toThrow(fault);
	},
);
