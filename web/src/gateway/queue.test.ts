import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Input } from "@/stores/inputs.ts";
import { createQueue } from "./queue.ts";

const input: Input = { kind: "local", change: { do: "jump_shown" } };

describe("inputs on their way to the store", () => {
	beforeEach(() => {
		vi.useFakeTimers();
	});
	afterEach(() => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	});

	it("of one frame are one change, in order", () => {
		const apply = vi.fn();
		const queue = createQueue(apply);
		const other: Input = { kind: "local", change: { do: "lost_shown" } };
		queue.push(input);
		queue.push(other);
		expect(apply).not.toHaveBeenCalled();
		vi.advanceTimersByTime(17);
		expect(apply.mock.calls).toEqual([[[input, other]]]);
	});

	it("of a stream leave frames free between their changes, and none waits long", () => {
		const apply = vi.fn();
		const queue = createQueue(apply);
		for (let ms = 0; ms < 1000; ms += 10) {
			queue.push(input);
			vi.advanceTimersByTime(10);
		}
		vi.advanceTimersByTime(64);
		expect(apply.mock.calls.flatMap(([inputs]) => inputs)).toHaveLength(100);
		expect(apply.mock.calls.length).toBeGreaterThan(15);
		expect(apply.mock.calls.length).toBeLessThan(24);
	});

	it("do not wait for frames of a hidden page", () => {
		vi.stubGlobal("requestAnimationFrame", () => 0);
		const apply = vi.fn();
		createQueue(apply).push(input);
		vi.advanceTimersByTime(250);
		expect(apply).toHaveBeenCalledTimes(1);
	});

	it("are applied at once when there are too many", () => {
		const apply = vi.fn();
		const queue = createQueue(apply);
		for (let n = 0; n < 1000; n += 1) queue.push(input);
		expect(apply).toHaveBeenCalledTimes(1);
	});

	it("of a session that is over are forgotten", () => {
		const apply = vi.fn();
		const queue = createQueue(apply);
		queue.push(input);
		queue.clear();
		vi.advanceTimersByTime(1000);
		expect(apply).not.toHaveBeenCalled();
	});
});
