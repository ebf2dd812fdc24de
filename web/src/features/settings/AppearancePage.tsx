import { useFormat, useT } from "@/i18n/index.ts";
import { useMe } from "@/stores/index.ts";
import { Avatar } from "@/ui/Avatar.tsx";
import { Choice } from "@/ui/Choice.tsx";
import { FieldFrame } from "@/ui/FieldFrame.tsx";
import { BODY_PX, setLooks, useLooks } from "@/ui/looks.ts";
import { Section } from "@/ui/Section.tsx";
import { Switch } from "@/ui/Switch.tsx";

/** How the client looks on this device. Everything applies at once. */
export function AppearancePage() {
	const t = useT();
	const format = useFormat();
	const me = useMe();
	const looks = useLooks();
	const name = me?.display_name ?? "";
	return (
		<>
			<Section>
				<Choice
					legend={t.settings.theme}
					value={looks.theme}
					onChange={(theme) => setLooks({ theme })}
					options={[
						{ value: "dark", label: t.settings.themes.dark },
						{ value: "light", label: t.settings.themes.light },
						{ value: "system", label: t.settings.themes.system },
					]}
				/>
				<Choice
					legend={t.settings.density}
					value={looks.density}
					onChange={(density) => setLooks({ density })}
					options={[
						{ value: "cozy", label: t.settings.densities.cozy },
						{ value: "compact", label: t.settings.densities.compact },
					]}
				/>
				<FieldFrame
					label={t.settings.textSize}
					hint={t.settings.textSizeValue(format.number(looks.bodyPx))}
				>
					{(ids) => (
						<input
							{...ids}
							type="range"
							min={BODY_PX.min}
							max={BODY_PX.max}
							step={1}
							value={looks.bodyPx}
							onChange={(event) =>
								setLooks({ bodyPx: Number(event.target.value) })
							}
							className="h-8 w-full coarse:h-11 accent-(--leaf-solid)"
						/>
					)}
				</FieldFrame>
				<div
					aria-hidden="true"
					className="flex gap-4 rounded-control border border-line bg-chat p-4"
				>
					<Avatar
						id={me?.id ?? "1"}
						name={name}
						size={looks.density === "compact" ? 20 : 40}
					/>
					<div>
						<p className="text-body font-semibold">{name}</p>
						<p className="text-body font-normal">{t.settings.sample}</p>
					</div>
				</div>
			</Section>
			<Section>
				<Switch
					label={t.settings.contrast}
					hint={t.settings.contrastHint}
					checked={looks.contrast === "more"}
					onChange={(on) => setLooks({ contrast: on ? "more" : "normal" })}
				/>
				<Switch
					label={t.settings.motion}
					hint={t.settings.motionHint}
					checked={looks.motion === "reduced"}
					onChange={(on) => setLooks({ motion: on ? "reduced" : "system" })}
				/>
				<Switch
					label={t.settings.announce}
					hint={t.settings.announceHint}
					checked={looks.announce === "all"}
					onChange={(on) => setLooks({ announce: on ? "all" : "off" })}
				/>
			</Section>
		</>
	);
}
