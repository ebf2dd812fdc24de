/** Going to a place from outside a component: menus are data, made before they are shown. */
type Go = (path: string, options?: { replace?: boolean }) => void;

let go: Go = (path) => location.assign(path);

/** The router hands its own way over once it is there. */
export function setNavigation(next: Go): void {
	go = next;
}

export function goTo(path: string, options?: { replace?: boolean }): void {
	go(path, options);
}
