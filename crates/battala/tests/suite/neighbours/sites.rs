//! One who has a whole IPv6 site, and so as many networks as it likes.

use futures_util::future::join_all;

use crate::harness::{Options, Request, TestHub};

const PER_ADDRESS: usize = 3;

async fn hub() -> TestHub {
    let limit = u32::try_from(PER_ADDRESS).expect("small");
    Options::default()
        .rate("invite", limit, 1)
        .limit("unauthenticated_per_address", limit)
        .limit("connect_timeout_ms", 600_000)
        .setting("trusted_proxies", vec!["127.0.0.1"])
        .start()
        .await
}

/// How many of many requests are answered so, each from a network of its own.
async fn count(hub: &TestHub, site: &str, path: &str, status: u16) -> usize {
    let asked = (0..50).map(async |network| {
        let address = format!("2001:db8:{site}:{network}::1");
        let request = Request::new("GET", path).header("X-Forwarded-For", &address);
        hub.http.send(&request).await
    });
    let answers = join_all(asked).await;
    let counted = answers.iter().filter(|answer| answer.status == status);
    counted.count()
}

#[tokio::test]
async fn the_networks_of_a_site_have_the_rates_and_sockets_of_four_together() {
    let hub = hub().await;
    let sockets = "/socket.io/?EIO=4&transport=polling";
    for site in ["1", "2"] {
        let found = count(&hub, site, "/api/invites/guess", 404).await;
        assert_eq!(found, 4 * PER_ADDRESS, "guesses at invites");
        let opened = count(&hub, site, sockets, 200).await;
        assert_eq!(opened, 4 * PER_ADDRESS, "sockets that nobody vouched for");
    }
}
