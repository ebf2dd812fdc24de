import { useT } from "@/i18n/index.ts";
import { useStore } from "@/stores/index.ts";
import Banyan from "@/ui/art/Banyan.tsx";
import { Section } from "@/ui/Section.tsx";

export function AboutPage() {
	const t = useT();
	const hub = useStore((state) => state.hub);
	return (
		<Section>
			<div className="grid justify-items-center gap-4 py-4 text-center">
				<Banyan width={240} />
				<p dir="auto" className="text-title">
					{hub?.name ?? t.common.appName}
				</p>
				<p className="prose-body text-ui font-normal text-balance text-ink-2">
					{t.settings.aboutText}
				</p>
			</div>
			<dl className="grid gap-2 border-t border-line pt-4 text-ui">
				<div className="flex justify-between gap-4">
					<dt className="text-ink-3">{t.settings.version}</dt>
					<dd className="tabular">{hub?.version ?? "–"}</dd>
				</div>
			</dl>
			<p className="text-ui font-normal text-ink-2">{t.settings.licence}</p>
			<ul className="flex flex-wrap gap-x-6 gap-y-2">
				<Outside to="/fonts-licence.txt">{t.settings.fontLicence}</Outside>
				<Outside to="/api/docs">{t.settings.apiDocs}</Outside>
			</ul>
		</Section>
	);
}

/** A page of the hub that is not the client's. */
function Outside({ to, children }: { to: string; children: string }) {
	return (
		<li>
			<a
				href={to}
				target="_blank"
				rel="noreferrer"
				className="text-ui text-link hover:underline"
			>
				{children}
			</a>
		</li>
	);
}
