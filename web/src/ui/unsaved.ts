/** Whether a page holds changes that nobody has saved; who would throw them away looks here first. */
import { create } from "zustand";

export const useUnsaved = create<{ isUnsaved: boolean }>(() => ({
	isUnsaved: false,
}));
