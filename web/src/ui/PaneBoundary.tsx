import { Component, type ReactNode } from "react";
import { forgetFailed } from "@/lib/lazyPart.ts";
import { ErrorState } from "./ErrorState";

type Props = {
	/** "This part failed" and "Reload part" in the reader's language. */
	text: { failed: string; safe: string; reload: string };
	/** A new value clears the fault: the reader went elsewhere. */
	resetKey?: string | undefined;
	children: ReactNode;
};

/** Keeps a fault inside one pane; the others live on. */
export class PaneBoundary extends Component<
	Props,
	{ fault: Error | undefined }
> {
	override state: { fault: Error | undefined } = { fault: undefined };

	static getDerivedStateFromError(fault: Error) {
		return { fault };
	}

	override componentDidUpdate(before: Props) {
		if (this.state.fault && before.resetKey !== this.props.resetKey) {
			this.retry();
		}
	}

	retry = () => {
		forgetFailed();
		this.setState({ fault: undefined });
	};

	override render() {
		const { text, children } = this.props;
		const { fault } = this.state;
		if (!fault) return children;
		return (
			<ErrorState
				what={text.failed}
				safe={text.safe}
				retryLabel={text.reload}
				technical={`${fault.name}: ${fault.message}`}
				onRetry={this.retry}
			/>
		);
	}
}
