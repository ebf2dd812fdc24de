/** Dialogs come when they are first opened; the chat does not carry them. */
import { lazyPart } from "@/lib/lazyPart.ts";

export const AddServerDialog = lazyPart(() => import("./AddServerDialog.tsx"));
export const InviteDialog = lazyPart(() => import("./InviteDialog.tsx"));
export const LeaveServerDialog = lazyPart(
	() => import("./LeaveServerDialog.tsx"),
);
export const DeleteServerDialog = lazyPart(
	() => import("./DeleteServerDialog.tsx"),
);
