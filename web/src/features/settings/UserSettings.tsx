import { useCallback } from "react";
import { useT } from "@/i18n/index.ts";
import { paths } from "@/lib/paths.ts";
import { goTo } from "@/lib/router.tsx";
import { useMe } from "@/stores/index.ts";
import { Button } from "@/ui/Button.tsx";
import { SettingsFrame } from "@/ui/SettingsFrame.tsx";
import type { SettingsGroup } from "@/ui/SettingsNav.tsx";
import { AboutPage } from "./AboutPage.tsx";
import { AccountPage } from "./AccountPage.tsx";
import { AppearancePage } from "./AppearancePage.tsx";
import { HubPage } from "./HubPage.tsx";
import { HubUsersPage } from "./HubUsersPage.tsx";
import { KeyboardPage } from "./KeyboardPage.tsx";
import { LanguagePage } from "./LanguagePage.tsx";
import { ProfilePage } from "./ProfilePage.tsx";
import { SessionsPage } from "./SessionsPage.tsx";

type Props = { tab: string | null; onSignOut: () => void };

/** Everything about me and this client; for administrators also about the hub. */
export default function UserSettings({ tab, onSignOut }: Props) {
	const t = useT();
	const me = useMe();
	const close = useCallback(() => goTo(paths.home), []);
	const of = (id: keyof typeof t.settings.tabs, page: React.ReactNode) => ({
		id,
		label: t.settings.tabs[id],
		path: paths.settings(id),
		page,
	});
	const groups: SettingsGroup[] = [
		{
			name: t.settings.groups.you,
			tabs: [
				of("profile", <ProfilePage />),
				of("account", <AccountPage />),
				of("sessions", <SessionsPage onSignOut={onSignOut} />),
			],
		},
		{
			name: t.settings.groups.client,
			tabs: [
				of("appearance", <AppearancePage />),
				of("language", <LanguagePage />),
				of("keyboard", <KeyboardPage />),
				of("about", <AboutPage />),
			],
		},
		...(me?.is_admin
			? [
					{
						name: t.settings.groups.hub,
						tabs: [of("hub", <HubPage />), of("users", <HubUsersPage />)],
					},
				]
			: []),
	];
	return (
		<SettingsFrame
			title={t.settings.title}
			navLabel={t.settings.nav}
			closeLabel={t.settings.back}
			groups={groups}
			tab={tab}
			onClose={close}
			listPath={paths.allSettings}
			foot={
				<Button size="wide" onClick={onSignOut}>
					{t.people.signOut}
				</Button>
			}
		/>
	);
}
