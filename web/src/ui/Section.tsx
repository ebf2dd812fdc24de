import type { ReactNode } from "react";

type Props = {
	title?: string;
	lead?: ReactNode;
	tone?: "normal" | "danger";
	children: ReactNode;
};

/** A block of a settings page. */
export function Section({ title, lead, tone = "normal", children }: Props) {
	return (
		<section
			className={`grid grid-cols-1 gap-4 rounded-card border p-5 [--surface:var(--bg-raised)] max-tablet:p-4 ${
				tone === "danger" ? "border-danger" : "border-line bg-raised"
			}`}
		>
			{title || lead ? (
				<header className="grid gap-1">
					{title ? (
						<h2
							className={`text-head ${tone === "danger" ? "text-danger" : ""}`}
						>
							{title}
						</h2>
					) : null}
					{lead ? (
						<p className="prose-body text-ui font-normal text-ink-2">{lead}</p>
					) : null}
				</header>
			) : null}
			{children}
		</section>
	);
}
