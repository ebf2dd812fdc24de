export const common = {
	appName: "Battala Hub",
	cancel: "Cancel",
	close: "Close",
	save: "Save",
	delete: "Delete",
	retry: "Try again",
	loading: "Loading",
	copied: "Copied",
	copy: "Copy",
};
