/**
 * The hub's time. Devices are minutes or hours off; what the hub says about
 * expiry is only true by its own clock, which its answers carry.
 */
export type HubClock = {
	/** Milliseconds since 1970, as the hub counts them. */
	now: () => number;
	/** The same fetch, which also reads the clock. */
	listening: (fetcher: typeof fetch) => typeof fetch;
};

/** HTTP dates are whole seconds; a smaller difference says nothing. */
const noticeableMs = 2000;

export function createHubClock(deviceNow: () => number): HubClock {
	let aheadMs = 0;
	const note = (date: string | null) => {
		const hubTime = Date.parse(date ?? "");
		if (Number.isNaN(hubTime)) return;
		const difference = hubTime - deviceNow();
		aheadMs = Math.abs(difference) < noticeableMs ? 0 : difference;
	};
	return {
		now: () => deviceNow() + aheadMs,
		listening: (fetcher) => async (input, init) => {
			const response = await fetcher(input, init);
			note(response.headers.get("date"));
			return response;
		},
	};
}
