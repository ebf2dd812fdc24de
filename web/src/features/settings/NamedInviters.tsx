import type { PublicUser } from "@/api/types.ts";
import { errorText, useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { Link } from "@/lib/router.tsx";
import { listInviters, removeInviter } from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Button } from "@/ui/Button.tsx";
import { ErrorState } from "@/ui/ErrorState.tsx";
import { Section } from "@/ui/Section.tsx";
import { Skeleton } from "@/ui/Skeleton.tsx";
import { attempt } from "@/ui/tellFault.ts";
import { useResource } from "@/ui/useResource.ts";

/** Whose invites make accounts, besides those of administrators. They are named among the accounts. */
export function NamedInviters() {
	const t = useT();
	const { resource, reload } = useResource("inviters", listInviters);
	return (
		<Section title={t.settings.namedTitle} lead={t.settings.namedLead}>
			<Named resource={resource} reload={reload} />
			<p>
				<Link
					to={paths.settings("users")}
					className="text-ui text-link hover:underline"
				>
					{t.settings.nameOthers}
				</Link>
			</p>
		</Section>
	);
}

type Shown = Pick<
	ReturnType<typeof useResource<PublicUser[]>>,
	"resource" | "reload"
>;

function Named({ resource, reload }: Shown) {
	const t = useT();
	switch (resource.status) {
		case "loading":
			return <Skeleton className="h-12" />;
		case "failed":
			return (
				<ErrorState
					what={t.settings.loadFailed}
					technical={errorText(t, resource.error)}
					onRetry={reload}
				/>
			);
		case "ready":
			return resource.value.length === 0 ? (
				<p className="text-ui text-ink-3">{t.settings.nobodyNamed}</p>
			) : (
				<ul className="grid grid-cols-1 divide-y divide-line">
					{resource.value.map((user) => (
						<Inviter key={user.id} user={user} onRemoved={reload} />
					))}
				</ul>
			);
	}
}

function Inviter({
	user,
	onRemoved,
}: {
	user: PublicUser;
	onRemoved: () => void;
}) {
	const t = useT();
	const remove = async () => {
		const failed = t.notDone.unnamed(user.display_name);
		const removed = removeInviter(user.id);
		if (await attempt(["unnamed", user.id], failed, removed)) onRemoved();
	};
	return (
		<li className="flex items-center gap-3 py-2.5">
			<Avatar id={user.id} name={user.display_name} size={32} />
			<div className="min-w-0 grow">
				<p dir="auto" className="truncate text-ui">
					{user.display_name}
				</p>
				<p className="truncate text-small text-ink-3">@{user.username}</p>
			</div>
			<Button
				aria-label={t.settings.unnameOf(user.display_name)}
				onClick={() => void remove()}
			>
				{t.settings.unname}
			</Button>
		</li>
	);
}
