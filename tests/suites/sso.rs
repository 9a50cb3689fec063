//! Single sign-on of the built binary, on both engines: against a certified provider (npm `oidc-provider`), and against a
//! hostile one that says what it is told to, right or wrong.

#[path = "sso/flow.rs"]
mod flow;
#[path = "sso/hostile.rs"]
mod hostile;
#[path = "sso/logout.rs"]
mod logout;
#[path = "sso/prove.rs"]
mod prove;
#[path = "sso/world.rs"]
mod world;

use flow::*;
use hostile::*;
use logout::*;
use prove::*;
use tenure_tests::on_both;

on_both!(
    a_person_signs_in_by_a_certified_provider_and_out_both_ways,
    a_certified_provider_that_has_other_keys_signs_people_in_without_a_restart,
    a_provider_that_is_down_is_said_and_the_password_still_works,
    each_lie_of_a_hostile_provider_is_refused_with_its_reason_in_the_audit_log,
    answers_that_were_used_or_are_of_another_browser_or_provider_are_refused,
    people_are_linked_only_as_the_rule_says_and_an_end_ends_their_links,
    logout_tokens_are_checked_fully_and_end_sessions_at_once_and_once,
    a_provider_that_can_only_do_what_is_not_safe_is_not_added,
    who_has_nothing_but_a_provider_shows_anew_there_who_they_are,
);
