// Runs before every test file: IndexedDB, which jsdom lacks, and a clean page
// after every test.
import "fake-indexeddb/auto";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

import { loadHubTexts } from "@/i18n/index.ts";

await loadHubTexts();
afterEach(cleanup);
