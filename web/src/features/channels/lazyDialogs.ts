import { lazyPart } from "@/lib/lazyPart.ts";

export const CreateChannelDialog = lazyPart(
	() => import("./CreateChannelDialog.tsx"),
);
export const EditChannelDialog = lazyPart(
	() => import("./EditChannelDialog.tsx"),
);
export const DeleteChannelDialog = lazyPart(
	() => import("./DeleteChannelDialog.tsx"),
);
