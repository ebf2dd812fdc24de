// Puts the looks that the reader chose on <html> before the first paint. An external file, because
// the hub's policy forbids inline scripts. The stored value is written by src/ui/looks.ts only.
(() => {
	const root = document.documentElement;
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	const showMotion = (saved) => {
		const isCalm = calm.matches || saved.motion === "reduced";
		root.dataset.motion = isCalm ? "reduced" : "full";
	};
	const read = () => {
		try {
			return JSON.parse(localStorage.getItem("battala.looks")) ?? {};
		} catch {
			// A broken preference is no reason not to open.
			return {};
		}
	};
	const saved = read();
	root.dataset.theme = "dark";
	for (const key of ["theme", "density", "contrast"]) {
		if (typeof saved[key] === "string") root.dataset[key] = saved[key];
	}
	if (Number.isFinite(saved.bodyPx) && saved.bodyPx !== 15) {
		root.style.setProperty("--size-body", `${saved.bodyPx / 16}rem`);
	}
	showMotion(saved);
	calm.addEventListener("change", () => showMotion(read()));
	try {
		root.lang = localStorage.getItem("battala.locale") ?? "en";
	} catch {
		// Without storage the page begins in its own language.
	}
})();
