/** Tells this tab from the others of the browser, for as long as its page is there. */
export const thisTab = Math.random().toString(36).slice(2);
