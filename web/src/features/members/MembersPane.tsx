import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Id, MemberGroup } from "@/api/types.ts";
import { useFormat, useT } from "@/i18n/index.ts";
import { subscribeMembers, useMembers, useStore } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { inputClass } from "@/ui/FieldFrame.tsx";
import { rove } from "@/ui/rove.ts";
import { useDelayed } from "@/ui/useDelayed.ts";
import { MemberButton, MemberSkeleton } from "./MemberButton.tsx";
import { memberRowAt, memberRowCount, rangesFor } from "./memberRows.ts";
import { useHeld } from "./useHeld.ts";

const ROW_PX = 42;
const HEAD_PX = 36;

/** Gaps shorter than this are nobody's business. */
const QUIET_MS = 2000;

/** Whether the hub says who is here. What it said last is not worth much for long. */
function useIsKnown(): boolean {
	const status = useStore((state) => state.connection.status);
	const isLate = useDelayed(status !== "live", QUIET_MS);
	return !isLate && status !== "offline";
}

const NO_GROUPS: MemberGroup[] = [];

/** Who belongs to the server, the present ones first. Only what is seen is fetched. */
export default function MembersPane({ serverId }: { serverId: Id }) {
	const t = useT();
	const format = useFormat();
	const live = useMembers(serverId);
	const isKnown = useIsKnown();
	const [isHeld, setHeld] = useState(false);
	const members = useHeld(live, isHeld && live !== undefined) ?? live;
	const [isRevealed, setRevealed] = useState(false);
	const [filter, setFilter] = useState("");
	const scroller = useRef<HTMLDivElement>(null);
	const groups = members?.groups ?? NO_GROUPS;
	const total = members?.total ?? 0;
	const count = memberRowCount(groups, isRevealed);
	const virtual = useVirtualizer({
		count,
		getScrollElement: () => scroller.current,
		estimateSize: (row) =>
			memberRowAt(row, groups, isRevealed)?.kind === "member"
				? ROW_PX
				: HEAD_PX,
		overscan: 6,
	});
	const items = virtual.getVirtualItems();
	const shown = items
		.map((item) => memberRowAt(item.index, groups, isRevealed))
		.flatMap((row) => (row?.kind === "member" ? [row.index] : []));
	const ranges = JSON.stringify(rangesFor(shown[0] ?? 0, shown.at(-1) ?? 0));
	useEffect(() => {
		subscribeMembers(serverId, JSON.parse(ranges));
	}, [serverId, ranges]);
	useEffect(() => () => subscribeMembers(serverId, []), [serverId]);

	const matches = useMemo(() => {
		const wanted = filter.trim().toLocaleLowerCase();
		if (!wanted || !members) return undefined;
		return Object.values(members.rows).filter(({ user }) =>
			`${user.display_name} ${user.username}`
				.toLocaleLowerCase()
				.includes(wanted),
		);
	}, [filter, members]);

	return (
		<section
			aria-label={t.people.members}
			className="flex min-h-0 grow flex-col"
			onPointerEnter={() => setHeld(true)}
			onPointerLeave={() => setHeld(false)}
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
		>
			<div className="p-2">
				<input
					type="search"
					id="member-filter"
					aria-label={t.people.filter}
					placeholder={t.people.filter}
					value={filter}
					onChange={(event) => setFilter(event.target.value)}
					className={`${inputClass} h-8 coarse:h-11`}
				/>
			</div>
			<div
				ref={scroller}
				className="scroll-thin min-h-0 grow overflow-y-auto px-2 pb-3"
			>
				{matches ? (
					<ul onKeyDown={(event) => rove(event, scroller.current, "vertical")}>
						{matches.length === 0 ? (
							<li className="px-2 py-4 text-ui text-ink-3">
								{Object.keys(members?.rows ?? {}).length < total
									? t.people.noMatch
									: t.people.nobody}
							</li>
						) : (
							matches.map((member, index) => (
								<li key={member.user.id}>
									<MemberButton
										serverId={serverId}
										member={member}
										isKnown={isKnown}
										isStop={index === 0}
									/>
								</li>
							))
						)}
					</ul>
				) : (
					<ul
						onKeyDown={(event) => rove(event, scroller.current, "vertical")}
						className="relative"
						style={{ height: virtual.getTotalSize() }}
						aria-busy={!members && isKnown}
					>
						{items.map((item) => {
							const row = memberRowAt(item.index, groups, isRevealed);
							if (!row) return null;
							const member =
								row.kind === "member" ? members?.rows[row.index] : undefined;
							return (
								<li
									key={item.key}
									className="absolute inset-x-0 top-0"
									style={{
										height: item.size,
										transform: `translateY(${item.start}px)`,
									}}
								>
									{row.kind === "head" ? (
										<h2 className="flex h-full items-end px-2 pb-1.5 text-small text-ink-3 tabular">
											{t.people.groupOf(
												row.group === "offline"
													? t.people.offline
													: isKnown
														? t.people.online
														: t.people.lastOnline,
												format.number(row.count),
											)}
										</h2>
									) : row.kind === "reveal" ? (
										<Button
											look="quiet"
											className="w-full"
											onClick={() => setRevealed(true)}
										>
											{t.people.showOffline(row.count)}
										</Button>
									) : member ? (
										<MemberButton
											serverId={serverId}
											member={member}
											isKnown={isKnown}
											isStop={row.index === shown[0]}
										/>
									) : (
										<MemberSkeleton />
									)}
								</li>
							);
						})}
					</ul>
				)}
				{members ? null : isKnown ? (
					["a", "b", "c", "d"].map((key) => <MemberSkeleton key={key} />)
				) : (
					<p className="px-2 py-4 text-ui text-ink-3">{t.people.notKnown}</p>
				)}
			</div>
		</section>
	);
}
