from bot.votes.voters import voter_of


def test_a_voter_is_the_same_only_for_the_same_secret_platform_workspace_and_member() -> None:
    asked = {"platform": "slack", "workspace": "T1", "member": "U1"}
    one = voter_of(b"secret", **asked)
    assert one == voter_of(b"secret", **asked)
    assert "U1" not in one
    others = [
        voter_of(b"another", **asked),
        voter_of(b"secret", **{**asked, "platform": "discord"}),
        voter_of(b"secret", **{**asked, "workspace": "T2"}),
        voter_of(b"secret", **{**asked, "member": "U2"}),
        voter_of(b"secret", platform="slack", workspace="T", member="1U1"),
    ]
    assert len({one, *others}) == 6
