import { createContext, useContext } from "react";

/** Whether the controls inside a message are in the tab order: only those of the active row are. */
export const TabStop = createContext(true);

export function useTabIndex(): 0 | -1 {
	return useContext(TabStop) ? 0 : -1;
}
