// Puts the looks that the reader chose on <html> before the first paint. An external file, because
// the hub's policy forbids inline scripts. The stored value is written by src/ui/looks.ts only.
(() => {
	const root = document.documentElement;
	root.dataset.theme = "dark";
	try {
		root.lang = localStorage.getItem("battala.locale") ?? "en";
		const saved = JSON.parse(localStorage.getItem("battala.looks") ?? "{}");
		for (const key of ["theme", "density", "contrast", "motion"]) {
			if (typeof saved[key] === "string") root.dataset[key] = saved[key];
		}
		if (Number.isFinite(saved.bodyPx) && saved.bodyPx !== 15) {
			root.style.setProperty("--size-body", `${saved.bodyPx / 16}rem`);
		}
	} catch {
		// A broken preference is no reason not to open.
	}
})();
