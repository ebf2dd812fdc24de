import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef } from "react";
import { afterEach, expect, it } from "vitest";
import { rove } from "./rove.ts";

function List() {
	const list = useRef<HTMLUListElement>(null);
	return (
		<ul ref={list} onKeyDown={(event) => rove(event, list.current, "vertical")}>
			{["a", "b", "c"].map((name, index) => (
				<li key={name}>
					<button type="button" data-rove tabIndex={index === 0 ? 0 : -1}>
						{name}
					</button>
				</li>
			))}
		</ul>
	);
}

afterEach(cleanup);

it("is one tab stop that the arrows, Home and End walk", async () => {
	Element.prototype.scrollIntoView = () => {};
	render(
		<>
			<List />
			<button type="button">after</button>
		</>,
	);
	const at = () => document.activeElement?.textContent;
	await userEvent.tab();
	await userEvent.keyboard("{ArrowDown}");
	expect(at()).toBe("b");
	await userEvent.keyboard("{End}{ArrowDown}");
	expect(at()).toBe("c");
	await userEvent.keyboard("{Home}");
	expect(at()).toBe("a");
	await userEvent.keyboard("{ArrowDown}");
	await userEvent.tab();
	expect(at()).toBe("after");
	await userEvent.tab({ shift: true });
	expect(at()).toBe("b");
	expect(screen.getAllByRole("button")[1]).toBe(document.activeElement);
});
