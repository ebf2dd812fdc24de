import { Woodcut } from "./Woodcut";

const GROUND = "M14 126H146M30 132h34M74 132h46M52 138h60";

/** A shut gate: a place that is not here, or not for you. */
export function Gate() {
	return (
		<Woodcut
			width={176}
			viewBox="0 0 160 144"
			solid="M26 126V50q0-8 7-8h10q7 0 7 8v76ZM110 126V50q0-8 7-8h10q7 0 7 8v76ZM22 42q16-20 32 0ZM106 42q16-20 32 0Z"
			line={`M54 62h52M54 68h52M54 116h52M60 62v64M70 62v64M80 54v72M90 62v64M100 62v64M74 92h12v10H74ZM77 92v-4q3-5 6 0v4M12 126V96q6-4 10 0M148 126v-22q-5-5-10-1${GROUND}`}
			cut="M30 54h16M30 64h16M30 74h16M30 84h16M30 94h16M30 104h16M30 114h16M114 54h16M114 64h16M114 74h16M114 84h16M114 94h16M114 104h16M114 114h16"
		/>
	);
}

/** A lantern on a branch: nobody has spoken here yet. */
export function Lantern() {
	return (
		<Woodcut
			width={176}
			viewBox="0 0 160 144"
			solid="M8 22q60-16 144 2q-70-6-142 8ZM66 58h28l6 10H60ZM62 106h36l-5 9H67ZM128 24q12 2 14 14q-12-2-14-14ZM34 28q-12 4-13 16q12-4 13-16ZM110 24q-2 13 8 18q3-11-8-18Z"
			line={`M80 26v20M72 58q0-12 8-12t8 12M64 68q-4 20 2 38M96 68q4 20-2 38M80 82q7 8 0 16q-7-8 0-16M46 78l-10-4M44 90H32M47 102l-10 5M114 78l10-4M116 90h12M113 102l10 5${GROUND}`}
			cut="M70 63h20M68 110h24M24 25q50-8 90-3"
		/>
	);
}

/** A cracked water pot: something failed, nothing else did. */
export function Pot() {
	return (
		<Woodcut
			width={176}
			viewBox="0 0 160 144"
			solid="M60 40h40v8q-2 6-4 8q28 12 28 40q0 22-20 30H56q-20-8-20-30q0-28 28-40q-2-2-4-8Z"
			line={`M54 36h52M118 118q10 2 16 8M126 108q8 0 12 4M22 124l8-6${GROUND}`}
			cut="M66 48h28M84 58l-8 14l10 10l-9 14l8 10M50 78q-6 10-4 24M58 70q-4 4-6 8M108 76q8 10 6 26M54 112q26 8 52 0"
		/>
	);
}

/** A sealed letter with a leaf: invites. */
export function Letter() {
	return (
		<Woodcut
			width={176}
			viewBox="0 0 160 144"
			solid="M80 70q16-3 22 12q-4 14-22 18q-18-4-22-18q6-15 22-12ZM126 30q14-2 16 12q-14 2-16-12ZM112 22q-2-12 10-16q4 12-10 16Z"
			line={`M28 44h104v70H28ZM28 44l52 36l52-36M28 114l34-28M132 114l-34-28M34 50v58M126 50v58M126 44q-2-14-14-22${GROUND}`}
			cut="M80 74v22M72 84l8 4l8-4M70 78l10 4l10-4"
		/>
	);
}

/** An owl on a stump: looked everywhere, found nothing. */
export function Owl() {
	return (
		<Woodcut
			width={176}
			viewBox="0 0 160 144"
			solid="M58 34l10 8h24l10-8q6 20 2 34q6 24-12 40H68Q50 92 56 68q-4-14 2-34ZM50 108h60l6 18H44Z"
			line={`M30 96q8-10 4-22M128 98q-8-10-3-24M34 74q-8-2-9-10q9 1 9 10M125 74q8-2 9-10q-9 1-9 10${GROUND}`}
			cut="M62 58a9 9 0 1 0 18 0a9 9 0 1 0-18 0M80 58a9 9 0 1 0 18 0a9 9 0 1 0-18 0M71 57v2M89 57v2M77 67l3 5l3-5M66 84q4 4 8 0q4 4 8 0q4 4 8 0M66 94q4 4 8 0q4 4 8 0q4 4 8 0M60 116h12M82 114h20M70 121h22"
		/>
	);
}
