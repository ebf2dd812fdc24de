export const common = {
	appName: "Battala Hub",
	cancel: "Cancel",
	loading: "Loading",
};
