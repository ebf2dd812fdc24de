import { KeyboardTable } from "@/ui/KeyboardTable.tsx";
import { Section } from "@/ui/Section.tsx";

export function KeyboardPage() {
	return (
		<Section>
			<KeyboardTable />
		</Section>
	);
}
