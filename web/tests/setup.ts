// Runs before every test file: IndexedDB, which jsdom lacks, a clean page
// after every test, and the same inputs for properties in every run.
import "fake-indexeddb/auto";
import { cleanup, configure } from "@testing-library/react";
import fc from "fast-check";
import { afterEach } from "vitest";

import { loadHubTexts, loadSettingsTexts } from "@/i18n/index.ts";

import { seed } from "./support/seed.ts";
import { patienceMs } from "./support/until.ts";

fc.configureGlobal({ seed });
configure({ asyncUtilTimeout: patienceMs });
await loadHubTexts();
await loadSettingsTexts();
afterEach(cleanup);
