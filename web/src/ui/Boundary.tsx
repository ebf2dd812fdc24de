import { Component, type ReactNode } from "react";
import { forgetFailed } from "@/lib/lazyPart.ts";

type Props = {
	/** A new value clears the fault: the reader went elsewhere. */
	resetKey?: string | undefined;
	/** What stands where the children failed; `technical` is for a report. */
	fallback: (technical: string, retry: () => void) => ReactNode;
	onFault?: ((fault: Error) => void) | undefined;
	children: ReactNode;
};

/** Keeps a fault among its children. How it is told, a page or a pane decides. */
export class Boundary extends Component<Props, { fault: Error | undefined }> {
	override state: { fault: Error | undefined } = { fault: undefined };

	static getDerivedStateFromError(fault: Error) {
		return { fault };
	}

	override componentDidCatch(fault: Error) {
		this.props.onFault?.(fault);
	}

	override componentDidUpdate(before: Props) {
		if (this.state.fault && before.resetKey !== this.props.resetKey)
			this.retry();
	}

	retry = () => {
		// What did not load is asked for again, not remembered as failed.
		forgetFailed();
		this.setState({ fault: undefined });
	};

	override render() {
		const { fault } = this.state;
		const { children, fallback } = this.props;
		if (!fault) return children;
		return fallback(`${fault.name}: ${fault.message}`, this.retry);
	}
}
