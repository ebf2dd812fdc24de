/** Dialogs come when they are first opened; the chat does not carry them. */
import { lazy } from "react";

export const AddServerDialog = lazy(() => import("./AddServerDialog.tsx"));
export const InviteDialog = lazy(() => import("./InviteDialog.tsx"));
export const LeaveServerDialog = lazy(() => import("./LeaveServerDialog.tsx"));
export const DeleteServerDialog = lazy(
	() => import("./DeleteServerDialog.tsx"),
);
