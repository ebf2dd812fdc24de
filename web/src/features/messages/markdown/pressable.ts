import { createContext } from "react";

/** Whether what is drawn stands in something that can be pressed: then it cannot be pressed itself. */
export const IsWithinPressable = createContext(false);
