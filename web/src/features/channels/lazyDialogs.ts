import { lazy } from "react";

export const CreateChannelDialog = lazy(
	() => import("./CreateChannelDialog.tsx"),
);
export const EditChannelDialog = lazy(() => import("./EditChannelDialog.tsx"));
export const DeleteChannelDialog = lazy(
	() => import("./DeleteChannelDialog.tsx"),
);
