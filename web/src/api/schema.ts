// Generated from contract/openapi.json, sha256 e17e1722b99d60221d8e8d504f877769abaca5c74331eafc452b0c491b8a235e. Do not edit.
export interface paths {
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Needs no account.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Needs no account.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with a one-time link
         * @description Needs no account.
         */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew the session of the cookie
         * @description Needs no account.
         */
        post: operations["refresh_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account, join by its invite, and sign in
         * @description Needs no account.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the own sessions
         * @description For accounts.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /**
         * End all own sessions but this one
         * @description For accounts.
         */
        delete: operations["end_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of the own sessions
         * @description For accounts.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{channel_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a channel
         * @description For members with the permission, and the owner.
         */
        get: operations["get_channel"];
        put?: never;
        post?: never;
        /**
         * Delete a channel with everything in it
         * @description For members with the permission, and the owner.
         */
        delete: operations["delete_channel"];
        options?: never;
        head?: never;
        /**
         * Change a channel
         * @description For members with the permission, and the owner.
         */
        patch: operations["update_channel"];
        trace?: never;
    };
    "/api/channels/{channel_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a page of history, oldest first
         * @description For members with the permission, and the owner.
         */
        get: operations["list_messages"];
        put?: never;
        /**
         * Write a message; a nonce that was used gives the first message again
         * @description For members with the permission, and the owner.
         */
        post: operations["send_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/channels/{channel_id}/messages/{message_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one message
         * @description For members with the permission, and the owner.
         */
        get: operations["get_message"];
        put?: never;
        post?: never;
        /**
         * Delete a message; a tombstone stays
         * @description For the author, members with the permission, and the owner.
         */
        delete: operations["delete_message"];
        options?: never;
        head?: never;
        /**
         * Change the text of an own message
         * @description For the author, as long as they are a member.
         */
        patch: operations["edit_message"];
        trace?: never;
    };
    "/api/channels/{channel_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the own reading position in a channel
         * @description For members with the permission, and the owner.
         */
        get: operations["get_read_state"];
        /**
         * Move the own reading position, forwards or back
         * @description For members with the permission, and the owner.
         */
        put: operations["mark_read"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hub": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what the hub is called and who may register
         * @description Needs no account.
         */
        get: operations["get_hub"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the hub's settings
         * @description For administrators of the hub.
         */
        patch: operations["update_hub"];
        trace?: never;
    };
    "/api/hub/inviters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the accounts that were named as inviters, by id
         * @description For administrators of the hub.
         */
        get: operations["list_inviters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hub/inviters/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Name an account whose invites make accounts
         * @description For administrators of the hub.
         */
        put: operations["add_inviter"];
        post?: never;
        /**
         * Name an account as inviter no longer
         * @description For administrators of the hub.
         */
        delete: operations["remove_inviter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hub/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the accounts of the hub by id
         * @description For administrators of the hub.
         */
        get: operations["list_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hub/users/{user_id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a one-time link with which someone else sets a new password
         * @description For administrators of the hub.
         */
        post: operations["create_password_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invites/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See where an invite leads
         * @description Needs no account.
         */
        get: operations["preview_invite"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/invites/{code}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join by an invite; a member stays one, and no use is counted
         * @description For accounts.
         */
        post: operations["join_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the own servers in the own order
         * @description For accounts.
         */
        get: operations["list_servers"];
        put?: never;
        /**
         * Make a server with one channel
         * @description For accounts.
         */
        post: operations["create_server"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Move own servers to other places; those that are not named stay around them
         * @description For accounts.
         */
        patch: operations["reorder_servers"];
        trace?: never;
    };
    "/api/servers/{server_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See a server's structure
         * @description For members.
         */
        get: operations["get_server"];
        put?: never;
        post?: never;
        /**
         * Delete a server with everything in it
         * @description For the owner of the server.
         */
        delete: operations["delete_server"];
        options?: never;
        head?: never;
        /**
         * Rename a server
         * @description For members with the permission, and the owner.
         */
        patch: operations["update_server"];
        trace?: never;
    };
    "/api/servers/{server_id}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the channels of a server by position
         * @description For members.
         */
        get: operations["list_channels"];
        put?: never;
        /**
         * Make a text channel at the end of the list
         * @description For members with the permission, and the owner.
         */
        post: operations["create_channel"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Move channels to other places; those that are not named stay around them
         * @description For members with the permission, and the owner.
         */
        patch: operations["reorder_channels"];
        trace?: never;
    };
    "/api/servers/{server_id}/invites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the invites of a server that still work
         * @description For members with the permission, and the owner.
         */
        get: operations["list_invites"];
        put?: never;
        /**
         * Make an invite, or find one that will do
         * @description For members with the permission, and the owner.
         */
        post: operations["create_invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/servers/{server_id}/invites/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an invite
         * @description For the author, members with the permission, and the owner.
         */
        delete: operations["revoke_invite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/servers/{server_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See who is in a server, by user id
         * @description For members.
         */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/servers/{server_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See one member
         * @description For members.
         */
        get: operations["get_member"];
        put?: never;
        post?: never;
        /**
         * Remove a member from a server
         * @description For members with the permission who stand above the other, and the owner.
         */
        delete: operations["kick_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/servers/{server_id}/members/@me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Leave a server; its owner cannot
         * @description For members.
         */
        delete: operations["leave_server"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a fresh hub up, once, with its setup link
         * @description Needs no account.
         */
        post: operations["set_up_hub"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the public profile of an account
         * @description For accounts.
         */
        get: operations["get_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/@me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See the own account
         * @description For accounts.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the own account
         * @description For accounts.
         */
        patch: operations["update_me"];
        trace?: never;
    };
    "/api/users/@me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the own password; every other session ends
         * @description For accounts.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A signed-in session. The refresh token travels in a cookie that scripts cannot read. */
        AuthResponse: {
            /** @description The access token: `Authorization: Bearer …`, and `auth.token` of the socket. */
            access_token: string;
            /** @description When the access token expires. */
            expires_at: components["schemas"]["TimestampMs"];
            /** @description The session that the token belongs to. */
            session_id: components["schemas"]["SessionId"];
            /** @description The account. */
            user: components["schemas"]["Me"];
        };
        /** @description Changes the own password. Every other session ends. */
        ChangePassword: {
            /** @description The password until now. */
            current_password: components["schemas"]["Password"];
            /** @description The password from now on. */
            new_password: components["schemas"]["NewPassword"];
        };
        /** @description A channel. */
        Channel: {
            /** @description When it was made. */
            created_at: components["schemas"]["TimestampMs"];
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Its place in the list, from 0; the places of channels that one does not see are left out.
             */
            position: number;
            /** @description The server it belongs to. */
            server_id: components["schemas"]["ServerId"];
            /** @description What it is about; empty when nothing is said. */
            topic: string;
            /** @description What kind of channel it is. */
            type: components["schemas"]["ChannelKind"];
        };
        /** @description Payload of `channel_created` and `channel_updated`. */
        ChannelChanged: {
            /** @description The channel as it is now. */
            channel: components["schemas"]["Channel"];
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /**
             * Format: int64
             * @description The number of the structure that the change leads to.
             */
            structure_rev: number;
        };
        /** @description Answer of `channel_sync`. */
        ChannelChanges: {
            last_message_id: components["schemas"]["MessageId"] | null;
            /** @description Whether there is more after `through`. */
            more: boolean;
            /** @description The client is too far behind, or ahead of the hub: drop the channel and load it anew. */
            reset: boolean;
            /** @description Messages with a `rev` above `after`, by `rev`, tombstones included. Empty on a reset. */
            rows: components["schemas"]["Message"][];
            /**
             * Format: int64
             * @description The sequence number that the client has reached with these rows.
             */
            through: number;
        };
        /** @description Payload of `channel_deleted`. */
        ChannelDeleted: {
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description The number of the structure that the change leads to.
             */
            structure_rev: number;
        };
        /** @description A channel as its reader sees it. */
        ChannelForMember: components["schemas"]["Channel"] & {
            /** @description What one may do in it. */
            permissions: components["schemas"]["Permissions"];
        };
        /** @description How far a channel has come, and how far the reader has. */
        ChannelHead: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            last_message_id: components["schemas"]["MessageId"] | null;
            last_read_id: components["schemas"]["MessageId"] | null;
            /**
             * Format: int64
             * @description The sequence number of its last change.
             */
            last_seq: number;
            /**
             * Format: int64
             * @description The number of the change that made it so; 0 before the first.
             */
            read_rev: number;
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        ChannelId: string;
        /**
         * @description What kind of channel it is, by number. 0: A text channel.
         * @enum {integer}
         */
        ChannelKind: 0;
        ChannelName: string;
        /** @description Where a channel shall stand. */
        ChannelPlace: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            /**
             * Format: int32
             * @description Its place afterwards in the list of those that one sees, from 0; beyond the end is the end.
             */
            position: number;
        };
        /** @description Body of `channel_read`. */
        ChannelRead: {
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
            /** @description The newest message that was seen. */
            message_id: components["schemas"]["MessageId"];
        };
        /** @description What one may do in a channel. */
        ChannelRights: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            /** @description What one may do in it. */
            permissions: components["schemas"]["Permissions"];
        };
        /** @description Payload of `channels_reordered`. */
        ChannelsReordered: {
            /** @description Every channel that the reader sees, in the new order. */
            channels: components["schemas"]["PlacedChannel"][];
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description The number of the structure that the change leads to.
             */
            structure_rev: number;
        };
        /** @description Body of `channels_watch`. */
        ChannelsWatch: {
            /** @description The channels to watch; an empty list ends it. */
            channels: components["schemas"]["ChannelId"][];
        };
        /** @description Answer of `channels_watch`. */
        ChannelsWatched: {
            /** @description The channels that are watched from now on, in the order in which they were named. */
            channels: components["schemas"]["WatchedChannel"][];
        };
        /** @description Body of `channel_sync`. */
        ChannelSync: {
            /**
             * Format: int64
             * @description The sequence number that the client has reached.
             */
            after: number;
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
        };
        /**
         * @description What someone wants others to see.
         * @enum {string}
         */
        ChosenStatus: "online" | "idle" | "dnd" | "invisible";
        /** @description The `error` of a command's acknowledgement: a problem without the parts that belong to HTTP. */
        CommandError: {
            /** @description What went wrong, for programs. */
            code: components["schemas"]["ErrorCode"];
            /** @description The refused fields of `invalid_input`. */
            fields?: components["schemas"]["FieldError"][];
            /** @description What went wrong this time, for people. */
            message: string;
            /**
             * Format: int64
             * @description When a retry can succeed, in milliseconds from now.
             */
            retry_after_ms?: number | null;
        };
        /** @description What a client asks over the socket: body and answer by the command's name */
        Commands: {
            /** @description Moves the own reading position, forwards or back. */
            channel_read: {
                answer: components["schemas"]["ReadMoved"];
                body: components["schemas"]["ChannelRead"];
            };
            /** @description Asks for everything that changed in a channel after a sequence number. */
            channel_sync: {
                answer: components["schemas"]["ChannelChanges"];
                body: components["schemas"]["ChannelSync"];
            };
            /** @description Watches channels, so that their events come whole; replaces what was watched. What one does not see is left out of the answer. */
            channels_watch: {
                answer: components["schemas"]["ChannelsWatched"];
                body: components["schemas"]["ChannelsWatch"];
            };
            /** @description Watches ranges of a server's member list; replaces what was watched, an empty list ends it. */
            members_subscribe: {
                answer: components["schemas"]["Done"];
                body: components["schemas"]["MembersSubscribe"];
            };
            /** @description Writes a message. Acknowledged after the commit. */
            message_send: {
                answer: components["schemas"]["MessageSent"];
                body: components["schemas"]["MessageSend"];
            };
            /** @description Chooses the status that others see. Ephemeral. */
            presence_set: {
                answer: components["schemas"]["Done"];
                body: components["schemas"]["PresenceSet"];
            };
            /** @description Renews the access token of the connection. */
            session_refresh: {
                answer: components["schemas"]["SessionRefreshed"];
                body: components["schemas"]["SessionRefresh"];
            };
            /** @description Says that one is typing. Ephemeral; repeat every 4 seconds at most. */
            typing_start: {
                answer: components["schemas"]["Done"];
                body: components["schemas"]["TypingStart"];
            };
        };
        /** @description Makes a text channel at the end of the list. */
        CreateChannel: {
            /** @description Its name. */
            name: components["schemas"]["ChannelName"];
            topic?: components["schemas"]["Topic"] | null;
        };
        /** @description Makes an invite. */
        CreateInvite: {
            /**
             * Format: int32
             * @description Seconds that it lives; `null` is for ever, absent is seven days.
             */
            expires_in_s?: number | null;
            /**
             * @description Whether the newest own invite that was made with the same terms does, if it is not used up and
             *     works for another hour and half of its lifetime; `null` or absent is no: another one is made.
             */
            reuse?: boolean | null;
            /**
             * Format: int32
             * @description How many can join by it; `null` or absent is any number.
             */
            uses_max?: number | null;
        };
        /** @description Makes a link with which someone else sets a new password. */
        CreatePasswordReset: {
            current_password?: components["schemas"]["Password"] | null;
        };
        /** @description Makes a server with one channel, `general`. */
        CreateServer: {
            /** @description Its name. */
            name: components["schemas"]["ServerName"];
        };
        DisplayName: string;
        /** @description The answer of a command that has nothing to say. */
        Done: Record<string, never>;
        /** @description Changes the text of an own message. */
        EditMessage: {
            /** @description The text from now on. */
            content: components["schemas"]["MessageText"];
        };
        Email: string;
        /**
         * @description Why a session has ended.
         * @enum {string}
         */
        EndReason: "signed_out" | "revoked" | "password_changed" | "too_many" | "token_reused" | "unknown" | "expired";
        /**
         * @description What went wrong, stable for programs
         * @enum {string}
         */
        ErrorCode: "malformed" | "invalid_input" | "unknown_command" | "unauthenticated" | "session_ended" | "invalid_credentials" | "forbidden" | "registration_closed" | "setup_required" | "not_found" | "method_not_allowed" | "conflict" | "taken" | "limit_reached" | "payload_too_large" | "unsupported_media_type" | "rate_limited" | "internal" | "unavailable" | "storage_full";
        /**
         * @description Why a field was refused, stable for programs.
         * @enum {string}
         */
        FieldCode: "required" | "too_short" | "too_long" | "too_small" | "too_large" | "too_many" | "no_room" | "invalid_characters" | "invalid_format" | "unknown_field" | "wrong_type" | "taken" | "reserved" | "unchanged" | "too_common" | "too_often" | "wrong" | "gone" | "insufficient";
        /** @description One refused field. */
        FieldError: {
            /** @description Why it was refused. */
            code: components["schemas"]["FieldCode"];
            /**
             * @description The field's name in the request; what stands in others is named by its
             *     path: `attachments[2].name`.
             */
            field: string;
            /**
             * Format: int64
             * @description The limit that was passed, in the unit that `message` names.
             */
            limit?: number | null;
            /** @description The reason in words. */
            message: string;
        };
        /** @description How far one channel has come. */
        Head: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            last_message_id: components["schemas"]["MessageId"] | null;
            /**
             * Format: int64
             * @description The sequence number of its last change.
             */
            last_seq: number;
        };
        /** @description Payload of `heads`. */
        Heads: {
            /** @description Channels with recent activity. */
            channels: components["schemas"]["Head"][];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
        };
        /** @description The hub as everyone may see it. */
        HubInfo: {
            /**
             * Format: int64
             * @description Grows when the hub is restored from a backup: clients drop what they cached.
             */
            generation: number;
            /** @description Whose invites make accounts while registration is by invite. */
            inviters: components["schemas"]["Inviters"];
            /** @description What its administrator calls it. */
            name: string;
            /** @description Who may make an account. */
            registration: components["schemas"]["Registration"];
            /** @description Nobody has set the hub up yet: nothing but the setup works. */
            setup_needed: boolean;
            /** @description The version of the software. */
            version: string;
        };
        /** @description Payload of `hub_updated`. */
        HubUpdated: {
            /** @description The hub as it is now. */
            hub: components["schemas"]["HubInfo"];
        };
        /** @description An invite, as those who may see the codes of a server see it. */
        Invite: {
            /** @description The code; who knows it can join. */
            code: string;
            /** @description When it was made. */
            created_at: components["schemas"]["TimestampMs"];
            /** @description Who made it. */
            creator: components["schemas"]["PublicUser"];
            expires_at: components["schemas"]["TimestampMs"] | null;
            /** @description Whether someone without an account can make one with it, as things stand now. */
            opens_hub: boolean;
            /** @description The server it leads to. */
            server_id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description How many have joined by it.
             */
            uses: number;
            /**
             * Format: int64
             * @description How many can; `null` is any number.
             */
            uses_max: number | null;
        };
        InviteCode: string;
        /** @description A server as the holder of an invite sees it. */
        InvitedServer: {
            /** @description Key of its picture, if there is one. */
            icon: string | null;
            /** @description The server. */
            id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description How many members it has.
             */
            member_count: number;
            /** @description Its name. */
            name: string;
        };
        /** @description What an invite shows before one joins. */
        InvitePreview: {
            /** @description The code. */
            code: string;
            expires_at: components["schemas"]["TimestampMs"] | null;
            /** @description Who made it. */
            inviter: components["schemas"]["PublicUser"];
            /** @description Whether someone without an account can make one with it, as things stand now. */
            opens_hub: boolean;
            /** @description Where it leads. */
            server: components["schemas"]["InvitedServer"];
        };
        /**
         * @description Whose invites make accounts while registration is by invite.
         * @enum {string}
         */
        Inviters: "named" | "everyone";
        LinkToken: string;
        /** @description A row of a live member list. */
        ListedMember: {
            /** @description Whether the server belongs to it. */
            is_owner: boolean;
            /** @description When it joined. */
            joined_at: components["schemas"]["TimestampMs"];
            /** @description Whether it is there. */
            status: components["schemas"]["Status"];
            /** @description The account. */
            user: components["schemas"]["PublicUser"];
        };
        /** @description Signs in. */
        Login: {
            /** @description A username, or an e-mail address when it contains an `@`. */
            login: components["schemas"]["LoginName"];
            /** @description The password. */
            password: components["schemas"]["Password"];
        };
        LoginName: string;
        /** @description Moves the own reading position, forwards or back. */
        MarkRead: {
            /** @description The newest message that was seen. */
            message_id: components["schemas"]["MessageId"];
        };
        /** @description An account as its owner sees it. */
        Me: {
            /** @description Key of the picture under `/api/media`, if there is one. */
            avatar: string | null;
            /** @description Whether an administrator named the account as one whose invites make accounts. */
            can_invite: boolean;
            /** @description When the account was made. */
            created_at: components["schemas"]["TimestampMs"];
            /** @description The name to show. */
            display_name: string;
            /** @description The address to sign in with, if one is set. Only the owner and administrators see it. */
            email: string | null;
            /** @description The account. */
            id: components["schemas"]["UserId"];
            /** @description Whether the account administers the hub. */
            is_admin: boolean;
            /** @description What stands behind the account. */
            kind: components["schemas"]["UserKind"];
            /**
             * Format: int64
             * @description Grows with every change of what belongs to the account alone.
             */
            rev: number;
            /** @description Its unique name. */
            username: string;
        };
        /** @description A user in a server. */
        Member: {
            /** @description Whether the server belongs to it. */
            is_owner: boolean;
            /** @description When it joined. */
            joined_at: components["schemas"]["TimestampMs"];
            /** @description The account. */
            user: components["schemas"]["PublicUser"];
        };
        /** @description Consecutive rows of a member list that stand under one head. */
        MemberGroup: {
            /**
             * Format: int64
             * @description How many rows it has, at least 1. Indices of rows do not count its head.
             */
            count: number;
            /** @description What its members have in common. */
            id: components["schemas"]["MemberGroupId"];
        };
        /**
         * @description What the members of a group have in common: that they are there, that they are not, or a role,
         *     by its id.
         */
        MemberGroupId: components["schemas"]["PresenceGroup"] | components["schemas"]["RoleId"];
        /** @description Payload of `member_list`. */
        MemberList: {
            /**
             * @description The groups that the rows fall into, in their order, those without a row left out; within a
             *     group rows stand by name.
             */
            groups: components["schemas"]["MemberGroup"][];
            /**
             * Format: int64
             * @description How many members are there now.
             */
            online: number;
            /** @description The watched ranges, each whole. */
            ranges: components["schemas"]["MemberRange"][];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description How many members there are: the rows of all groups.
             */
            total: number;
        };
        /** @description A watched range of a member list. */
        MemberRange: {
            /**
             * Format: int32
             * @description The index of its first row.
             */
            first: number;
            /** @description Its rows; fewer than asked for at the end of the list. */
            items: components["schemas"]["ListedMember"][];
        };
        /** @description Body of `members_subscribe`. */
        MembersSubscribe: {
            /** @description The ranges to watch. */
            ranges: components["schemas"]["RowRange"][];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
        };
        /** @description A message, or the tombstone that a deleted one leaves. */
        Message: {
            /** @description Who wrote it. */
            author: components["schemas"]["PublicUser"];
            /** @description The channel it stands in. */
            channel_id: components["schemas"]["ChannelId"];
            /** @description The text; empty in a tombstone. */
            content: string;
            /** @description When it was written. */
            created_at: components["schemas"]["TimestampMs"];
            edited_at: components["schemas"]["TimestampMs"] | null;
            /**
             * Format: int64
             * @description Bits that change how it is shown.
             */
            flags: number;
            /** @description The message; within its channel, id order is sequence order. */
            id: components["schemas"]["MessageId"];
            /** @description Whether only the tombstone is left. */
            is_deleted: boolean;
            /** @description The author's own name for it. */
            nonce: string | null;
            /**
             * Format: int64
             * @description The channel's sequence number at its last change.
             */
            rev: number;
            /**
             * Format: int64
             * @description The channel's sequence number at its creation.
             */
            seq: number;
            /** @description The server of the channel. */
            server_id: components["schemas"]["ServerId"];
            /** @description What kind of message it is. */
            type: components["schemas"]["MessageKind"];
        };
        /** @description Payload of `message_created` and `message_updated`. */
        MessageChanged: {
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /**
             * Format: int64
             * @description The first of the channel's sequence numbers that the event covers.
             */
            first_seq: number;
            /** @description The message as it is now. */
            message: components["schemas"]["Message"];
            /**
             * Format: int64
             * @description The last of them, and the channel's sequence number after the change.
             */
            seq: number;
        };
        /** @description Payload of `message_deleted`. */
        MessageDeleted: {
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /**
             * Format: int64
             * @description The first of the channel's sequence numbers that the event covers.
             */
            first_seq: number;
            last_message_id: components["schemas"]["MessageId"] | null;
            /** @description What is left of the message. */
            message: components["schemas"]["Message"];
            /**
             * Format: int64
             * @description The last of them, and the channel's sequence number after the change.
             */
            seq: number;
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        MessageId: string;
        /**
         * @description What kind of message it is, by number. 0: A written one.
         * @enum {integer}
         */
        MessageKind: 0;
        /** @description A page of a channel's history. */
        MessagePage: {
            /** @description Whether there are messages after the last. */
            has_newer: boolean;
            /** @description Whether there are messages before the first. */
            has_older: boolean;
            /** @description The messages, oldest first. Deleted ones are left out. */
            items: components["schemas"]["Message"][];
        };
        /** @description Body of `message_send`. */
        MessageSend: {
            /** @description Where to. */
            channel_id: components["schemas"]["ChannelId"];
            /** @description The text. */
            content: components["schemas"]["MessageText"];
            /** @description The sender's own name for the message. A retry with the same nonce gives the first message. */
            nonce: components["schemas"]["Nonce"];
        };
        /** @description Answer of `message_send`. */
        MessageSent: {
            /** @description The message. */
            id: components["schemas"]["MessageId"];
            /**
             * Format: int64
             * @description Its sequence number.
             */
            seq: number;
        };
        MessageText: string;
        /** @description Payload of `me_updated`. */
        MeUpdated: {
            /** @description The account as it is now. */
            me: components["schemas"]["Me"];
        };
        NewPassword: string;
        Nonce: string;
        Password: string;
        /** @description A link with which someone else sets a new password, once. */
        PasswordResetLink: {
            /** @description When it stops working. */
            expires_at: components["schemas"]["TimestampMs"];
            /** @description The whole link; it is shown only now. */
            url: string;
        };
        /** @description Permission bits as a decimal string */
        Permissions: string;
        /** @description Where a channel stands. */
        PlacedChannel: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            /**
             * Format: int64
             * @description Its place in the list, as [`Channel::position`].
             */
            position: number;
        };
        /**
         * @description A group by presence.
         * @enum {string}
         */
        PresenceGroup: "online" | "offline";
        /** @description Body of `presence_set`. */
        PresenceSet: {
            /** @description What others shall see. */
            status: components["schemas"]["ChosenStatus"];
        };
        /** @description Payload of `presence_updated`. */
        PresenceUpdated: {
            /** @description The own chosen status. */
            status: components["schemas"]["ChosenStatus"];
        };
        /** @description A problem document, `application/problem+json` (RFC 9457). */
        Problem: {
            /** @description What went wrong, for programs. */
            code: components["schemas"]["ErrorCode"];
            /** @description What went wrong this time, for people. */
            detail: string;
            /**
             * @description The refused fields of `invalid_input`, `taken` and `registration_closed`, and of `rate_limited`
             *     the one that was changed too often.
             */
            fields?: components["schemas"]["FieldError"][];
            /** @description Names the request in the hub's log. */
            request_id: string;
            /**
             * Format: int64
             * @description When a retry can succeed, in milliseconds from now.
             */
            retry_after_ms?: number | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description A short sentence, the same for every occurrence of the code. */
            title: string;
            /** @description A URI reference that names the kind of problem: `/api/docs/problems#<code>`. */
            type: string;
        };
        /** @description An account as everyone on the hub may see it. */
        PublicUser: {
            /** @description Key of the picture under `/api/media`, if there is one. */
            avatar: string | null;
            /** @description The name to show. */
            display_name: string;
            /** @description The account. */
            id: components["schemas"]["UserId"];
            /** @description What stands behind the account. */
            kind: components["schemas"]["UserKind"];
            /** @description Its unique name. */
            username: string;
        };
        /** @description Answer of `channel_read`. */
        ReadMoved: {
            /** @description The newest message that was seen. */
            last_read_id: components["schemas"]["MessageId"];
            /**
             * Format: int64
             * @description The number of the change.
             */
            rev: number;
        };
        /** @description The own reading position in a channel. */
        ReadState: {
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
            last_read_id: components["schemas"]["MessageId"] | null;
            /**
             * Format: int64
             * @description Grows with every change, so that devices agree on the last one.
             */
            rev: number;
            /**
             * Format: int64
             * @description Messages of others among the 5,000 that follow it, counted up to 1,000. Less than there are
             *     where somebody wrote thousands without moving their position.
             */
            unread: number;
        };
        /** @description Payload of `read_updated`. */
        ReadUpdated: {
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
            /** @description The newest message that was seen. */
            last_read_id: components["schemas"]["MessageId"];
            /**
             * Format: int64
             * @description Grows with every change; the greatest is the last.
             */
            rev: number;
        };
        /** @description Payload of `ready`. */
        Ready: {
            /** @description When the access token of the connection expires; renew it with `session_refresh` before. */
            expires_at: components["schemas"]["TimestampMs"];
            /** @description The hub. */
            hub: components["schemas"]["HubInfo"];
            /** @description The own account. */
            me: components["schemas"]["Me"];
            /** @description The own servers in the own order; their structure follows as one `server_state` each. */
            servers: components["schemas"]["ReadyServer"][];
            /** @description The session of the connection. */
            session_id: components["schemas"]["SessionId"];
            /** @description The own chosen status. */
            status: components["schemas"]["ChosenStatus"];
            /** @description Of which channels the connection gets the events. */
            watch: components["schemas"]["WatchMode"];
        };
        /** @description A server in `ready`. */
        ReadyServer: {
            /**
             * Format: int64
             * @description Its epoch.
             */
            epoch: number;
            /** @description Key of its picture, if there is one. */
            icon: string | null;
            /** @description The server. */
            id: components["schemas"]["ServerId"];
            /** @description Whether any of its channels that one sees has a message after one's reading position. */
            is_unread: boolean;
            /**
             * Format: int64
             * @description How many members it has.
             */
            member_count: number;
            /**
             * Format: int64
             * @description The number of one's own membership, which grows with every change of it.
             */
            member_rev: number;
            /**
             * Format: int64
             * @description How often one was mentioned since.
             */
            mentions: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description The number of its structure: what one holds of another number is old.
             */
            structure_rev: number;
        };
        /** @description Makes an account. With an invite it is a member of the invite's server from the start. */
        Register: {
            display_name?: components["schemas"]["DisplayName"] | null;
            email?: components["schemas"]["Email"] | null;
            invite?: components["schemas"]["InviteCode"] | null;
            /** @description A password. */
            password: components["schemas"]["NewPassword"];
            /** @description A unique name. */
            username: components["schemas"]["Username"];
        };
        /** @description A new account, signed in. */
        Registered: components["schemas"]["AuthResponse"] & {
            joined: components["schemas"]["ServerId"] | null;
        };
        /**
         * @description Who may make an account.
         * @enum {string}
         */
        Registration: "open" | "invite";
        /**
         * @description Why a server is gone for someone.
         * @enum {string}
         */
        RemovalReason: "left" | "kicked" | "deleted";
        /**
         * @description Moves channels of a server to other places. Those that it does not name keep their order
         *     among each other around them. Of two moves of the same channel the last counts, of two to the
         *     same place the first stands before the other.
         */
        ReorderChannels: {
            /** @description The channels to move. */
            channels: components["schemas"]["ChannelPlace"][];
        };
        /**
         * @description Moves own servers to other places, for oneself alone. Those that it does not name keep their
         *     order among each other around them. Of two moves of the same server the last counts, of two to
         *     the same place the first stands before the other.
         */
        ReorderServers: {
            /** @description The servers to move. */
            servers: components["schemas"]["ServerPlace"][];
        };
        /** @description Sets a new password with the secret of a one-time link. Every session of the account ends. */
        ResetPassword: {
            /** @description The password from now on. */
            password: components["schemas"]["NewPassword"];
            /** @description The secret of the link. */
            token: components["schemas"]["LinkToken"];
        };
        /** @description Payload of `rights_updated`. */
        RightsUpdated: {
            /**
             * @description What one may do from now on in other channels that one sees, those that were made by the change among
             *     them.
             */
            channels: components["schemas"]["ChannelRights"][];
            /**
             * Format: int64
             * @description The server's epoch after the change. The end of a timeout raises no epoch: then it is the current one.
             */
            epoch: number;
            /** @description Channels that are there still, and that one does not see any more. */
            hidden: components["schemas"]["ChannelId"][];
            /** @description What one may do in the server as a whole. */
            permissions: components["schemas"]["Permissions"];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
            /**
             * @description Channels that one sees from now on, where they are at hand; else `server_state` follows. How far they
             *     have come, and how far one has read in them, `server_reads` says, which follows too.
             */
            shown: components["schemas"]["ChannelForMember"][];
            /**
             * Format: int64
             * @description The number of the structure to which this belongs.
             */
            structure_rev: number;
        };
        /** @description A named set of permissions. */
        Role: {
            /** @description The role; the everyone role has its server's id. */
            id: components["schemas"]["RoleId"];
            /** @description Its name. */
            name: string;
            /** @description What it grants. */
            permissions: components["schemas"]["Permissions"];
            /**
             * Format: int64
             * @description Its rank; everyone is 0.
             */
            position: number;
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        RoleId: string;
        /** @description First and last row of a watched range, both included. */
        RowRange: number[];
        SearchText: string;
        /** @description Writes a message. */
        SendMessage: {
            /** @description The text. */
            content: components["schemas"]["MessageText"];
            /** @description The sender's own name for the message. A retry with the same nonce gives the first message. */
            nonce: components["schemas"]["Nonce"];
        };
        /** @description A community on this hub. */
        Server: {
            /** @description When it was made. */
            created_at: components["schemas"]["TimestampMs"];
            /**
             * Format: int64
             * @description Grows with every change of its structure, of its members or of rights in it.
             */
            epoch: number;
            /** @description Key of its picture under `/api/media`, if there is one. */
            icon: string | null;
            /** @description The server. */
            id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description How many members it had at this epoch.
             */
            member_count: number;
            /** @description Its name. */
            name: string;
            /** @description The member whom it belongs to. */
            owner_id: components["schemas"]["UserId"];
        };
        /** @description Payload of `server_channels`. */
        ServerChannels: {
            /** @description Some of its channels; they replace what is known of them. */
            channels: components["schemas"]["ChannelForMember"][];
            /**
             * Format: int64
             * @description The epoch at which they were read.
             */
            epoch: number;
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
            /**
             * Format: int64
             * @description The number of the structure to which they belong.
             */
            structure_rev: number;
        };
        /** @description What the hub tells over the socket: each event's payload by its name */
        ServerEvents: {
            channel_created: components["schemas"]["ChannelChanged"];
            channel_deleted: components["schemas"]["ChannelDeleted"];
            channel_updated: components["schemas"]["ChannelChanged"];
            channels_reordered: components["schemas"]["ChannelsReordered"];
            heads: components["schemas"]["Heads"];
            hub_updated: components["schemas"]["HubUpdated"];
            me_updated: components["schemas"]["MeUpdated"];
            member_list: components["schemas"]["MemberList"];
            message_created: components["schemas"]["MessageChanged"];
            message_deleted: components["schemas"]["MessageDeleted"];
            message_updated: components["schemas"]["MessageChanged"];
            presence_updated: components["schemas"]["PresenceUpdated"];
            read_updated: components["schemas"]["ReadUpdated"];
            ready: components["schemas"]["Ready"];
            rights_updated: components["schemas"]["RightsUpdated"];
            server_channels: components["schemas"]["ServerChannels"];
            server_reads: components["schemas"]["ServerReads"];
            server_removed: components["schemas"]["ServerRemoved"];
            server_state: components["schemas"]["ServerState"];
            server_updated: components["schemas"]["ServerUpdated"];
            servers_reordered: components["schemas"]["ServersReordered"];
            session_ended: components["schemas"]["SessionEnded"];
            typing_started: components["schemas"]["TypingStarted"];
            user_updated: components["schemas"]["UserUpdated"];
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        ServerId: string;
        ServerName: string;
        /** @description Where an own server shall stand. */
        ServerPlace: {
            /** @description The server. */
            id: components["schemas"]["ServerId"];
            /**
             * Format: int32
             * @description Its place in the list afterwards, from 0; beyond the end is the end.
             */
            position: number;
        };
        /** @description Payload of `server_reads`. */
        ServerReads: {
            /** @description One row per visible channel. */
            channels: components["schemas"]["ChannelHead"][];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
        };
        /** @description Payload of `server_removed`. */
        ServerRemoved: {
            /** @description Why it is gone. */
            reason: components["schemas"]["RemovalReason"];
            /** @description The server. */
            server_id: components["schemas"]["ServerId"];
        };
        /** @description Payload of `servers_reordered`. */
        ServersReordered: {
            /**
             * Format: int64
             * @description Grows with every change; the greatest is the last.
             */
            rev: number;
            /** @description Every own server in the new order; one that is joined later comes after them. */
            server_ids: components["schemas"]["ServerId"][];
        };
        /** @description The structure of a server as its reader sees it. */
        ServerState: {
            /** @description Its channels by position, unless some follow. */
            channels: components["schemas"]["ChannelForMember"][];
            /**
             * Format: int64
             * @description The epoch at which all of this was read.
             */
            epoch: number;
            /** @description Channels that do not fit in one event: they exist, and follow in `server_channels`. */
            following?: components["schemas"]["ChannelId"][];
            /** @description What one may do in the server as a whole. */
            permissions: components["schemas"]["Permissions"];
            /** @description Its roles by position. */
            roles: components["schemas"]["Role"][];
            /** @description The server. */
            server: components["schemas"]["Server"];
            /**
             * Format: int64
             * @description Grows with every change of the structure, also of channels that its reader does not see. Members who
             *     join or leave do not move it, nor does what changes for its reader alone.
             */
            structure_rev: number;
        };
        /** @description Payload of `server_updated`. */
        ServerUpdated: {
            /**
             * Format: int64
             * @description The server's epoch at the change.
             */
            epoch: number;
            /** @description The server as it is now. */
            server: components["schemas"]["Server"];
            /**
             * Format: int64
             * @description The number of the structure that the change leads to.
             */
            structure_rev: number;
        };
        /** @description One login of the own account. */
        Session: {
            /** @description The network that it was last used from; never the full address. */
            address: string;
            /** @description The program that signed in, as it names itself, shortened. */
            agent: string;
            /** @description When it began. */
            created_at: components["schemas"]["TimestampMs"];
            /** @description The session. */
            id: components["schemas"]["SessionId"];
            /** @description Whether it is the session of this request. */
            is_current: boolean;
            /** @description When it was last renewed. */
            last_used_at: components["schemas"]["TimestampMs"];
        };
        /** @description Payload of `session_ended`. */
        SessionEnded: {
            /** @description Why. */
            reason: components["schemas"]["EndReason"];
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        SessionId: string;
        /** @description Body of `session_refresh`. */
        SessionRefresh: {
            /** @description The new access token of the same session. */
            token: string;
        };
        /** @description Answer of `session_refresh`. */
        SessionRefreshed: {
            /** @description When the new access token expires. */
            expires_at: components["schemas"]["TimestampMs"];
        };
        /** @description Sets a fresh hub up. */
        SetupHub: {
            email?: components["schemas"]["Email"] | null;
            /** @description What the hub is called. */
            hub_name: components["schemas"]["ServerName"];
            /** @description The administrator's password. */
            password: components["schemas"]["NewPassword"];
            /** @description Who may make an account. */
            registration: components["schemas"]["Registration"];
            /** @description The secret of the setup link. */
            token: components["schemas"]["LinkToken"];
            /** @description The administrator's username. */
            username: components["schemas"]["Username"];
        };
        /**
         * @description Whether someone is there, as others see it. Ephemeral: never stored.
         * @enum {string}
         */
        Status: "online" | "idle" | "dnd" | "offline";
        /**
         * Format: int64
         * @description Milliseconds since the Unix epoch, by the hub's clock
         */
        TimestampMs: number;
        Topic: string;
        /** @description Body of `typing_start`. */
        TypingStart: {
            /** @description Where. */
            channel_id: components["schemas"]["ChannelId"];
        };
        /** @description Payload of `typing_started`. */
        TypingStarted: {
            /** @description The channel. */
            channel_id: components["schemas"]["ChannelId"];
            /** @description Who types. */
            user: components["schemas"]["PublicUser"];
        };
        /** @description Changes a channel. */
        UpdateChannel: {
            name?: components["schemas"]["ChannelName"] | null;
            topic?: components["schemas"]["Topic"] | null;
        };
        /** @description Changes the hub's settings. */
        UpdateHub: {
            inviters?: components["schemas"]["Inviters"] | null;
            name?: components["schemas"]["ServerName"] | null;
            registration?: components["schemas"]["Registration"] | null;
        };
        /** @description Changes the own profile. */
        UpdateMe: {
            current_password?: components["schemas"]["Password"] | null;
            display_name?: components["schemas"]["DisplayName"] | null;
            email?: components["schemas"]["Email"] | null;
        };
        /** @description Changes a server. */
        UpdateServer: {
            /** @description Its name. */
            name: components["schemas"]["ServerName"];
        };
        /**
         * @description 64-bit id as a decimal string
         * @example 1289467123456789504
         */
        UserId: string;
        /**
         * @description What stands behind an account.
         * @enum {string}
         */
        UserKind: "human" | "bot" | "webhook" | "imported" | "deleted";
        Username: string;
        /** @description Payload of `user_updated`. */
        UserUpdated: {
            /** @description The profile as it is now. */
            user: components["schemas"]["PublicUser"];
        };
        /** @description A channel that is watched, and how far it has come: what follows comes whole. */
        WatchedChannel: {
            /** @description The channel. */
            id: components["schemas"]["ChannelId"];
            last_message_id: components["schemas"]["MessageId"] | null;
            /**
             * Format: int64
             * @description The sequence number of its last change; `null` where `server_reads` is still to say it.
             */
            last_seq: number | null;
        };
        /**
         * @description Of which of the channels that it sees a connection gets the events.
         * @enum {string}
         */
        WatchMode: "all" | "listed";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthResponse"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials`: Name or password is wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this; `setup_required`: This hub is not set up yet */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header: {
                /** @description Says that a script of the client asks, and not a form of another page. */
                "X-Battala-Auth": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPassword"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh_session: {
        parameters: {
            query?: never;
            header: {
                /** @description Says that a script of the client asks, and not a form of another page. */
                "X-Battala-Auth": "1";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthResponse"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Register"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this; `registration_closed`: This hub is invite-only; `setup_required`: This hub is not set up yet */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state; `taken`: Already taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateChannel"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                /** @description These exclude each other */
                at_most_one_of?: {
                    after?: components["schemas"]["MessageId"];
                    around?: components["schemas"]["MessageId"];
                    before?: components["schemas"]["MessageId"];
                };
                /** @description Rows at most; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessage"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
                message_id: components["schemas"]["MessageId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
                message_id: components["schemas"]["MessageId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    edit_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
                message_id: components["schemas"]["MessageId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMessage"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_read_state: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadState"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mark_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel_id: components["schemas"]["ChannelId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkRead"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadState"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_hub: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HubInfo"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_hub: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateHub"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HubInfo"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_inviters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PublicUser"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_inviter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit_reached`: A limit is reached */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_inviter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Accounts after this one, in order of ids. */
                after?: components["schemas"]["UserId"];
                /** @description Rows at most; 50 when absent. */
                limit?: number;
                /** @description Words that the username, display name or address begins with. */
                query?: components["schemas"]["SearchText"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Me"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreatePasswordReset"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordResetLink"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: components["schemas"]["InviteCode"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitePreview"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    join_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: components["schemas"]["InviteCode"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerState"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit_reached`: A limit is reached */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_servers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Server"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServer"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerState"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit_reached`: A limit is reached */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reorder_servers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReorderServers"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Server"][];
                    };
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerState"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateServer"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Server"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_channels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Channel"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateChannel"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Channel"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit_reached`: A limit is reached */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reorder_channels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReorderChannels"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_invites: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Invite"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateInvite"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invite"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invite"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `limit_reached`: A limit is reached */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: components["schemas"]["InviteCode"];
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description Members after this user. */
                after?: components["schemas"]["UserId"];
                /** @description Rows at most; 50 when absent. */
                limit?: number;
            };
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Member"][];
                    };
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    kick_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leave_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                server_id: components["schemas"]["ServerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_up_hub: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupHub"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    /** @description The refresh cookie of the session */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthResponse"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `taken`: Already taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: components["schemas"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicUser"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateMe"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state; `taken`: Already taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed`: The request cannot be read; `invalid_input`: Some fields need attention */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in first; `session_ended`: This session has ended */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: You may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: This conflicts with the current state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: Too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Slow down */
            429: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something went wrong here */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Try again in a moment */
            503: {
                headers: {
                    /** @description Seconds until a retry can succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_full`: The hub's storage is full */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
