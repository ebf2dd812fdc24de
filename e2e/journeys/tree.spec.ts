import { community, history } from '../support/scenery.ts';
import { enter, expect, messages, test } from '../support/test.ts';

test('a screen reader meets the sign-in as a named form', async ({ hub, visit }) => {
	await hub.setUp('asha');
	const page = await visit();
	await page.goto('/login');
	await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Sign in to Battala" [level=1]
    - textbox "Name or e-mail"
    - textbox "Password"
    - button "Show password"
    - button "Sign in"
  `);
});

test('a screen reader meets the hub as named parts, and messages by author, time and words', async ({ hub, visit }) => {
	const asha = await hub.setUp('asha');
	const babu = await hub.register('babu');
	const { path, channels } = await community(hub, asha, [babu]);
	await history(hub, babu, channels[0]?.id ?? '', ['Is anyone here?', 'I have tea.']);
	const page = await visit();
	await enter(page, 'asha', path);
	await expect(messages(page)).toHaveCount(2);
	await expect(page.getByRole('navigation', { name: 'Servers' })).toMatchAriaSnapshot(`
    - navigation "Servers":
      - link "Home"
      - list:
        - listitem:
          - link /Neighbours/
        - listitem:
          - button "Create or join a server"
      - button "Settings"
  `);
	await expect(page.getByRole('tree')).toMatchAriaSnapshot(`
    - tree "Channels of this server":
      - treeitem /general/ [level=1] [selected]
  `);
	await expect(page.getByRole('main', { name: '#general' })).toMatchAriaSnapshot(`
    - heading "#general" [level=1]
    - 'list "Messages in #general"':
      - listitem:
        - 'heading "This is the start of #general" [level=2]'
      - listitem
      - listitem
      - listitem:
        - article /babu .* Is anyone here\\?/
      - listitem:
        - article /babu .* I have tea\\./
    - form "Write a message":
      - 'textbox "Message #general"'
      - button "Send"
  `);
	await expect(page.getByRole('complementary', { name: 'Members' })).toMatchAriaSnapshot(`
    - complementary "Members":
      - region "Members":
        - searchbox "Find a member"
        - list:
          - listitem:
            - heading "Online – 1" [level=2]
          - listitem:
            - button "asha, owner, Online"
          - listitem:
            - heading "Offline – 1" [level=2]
          - listitem:
            - button "babu, Offline"
  `);
});
