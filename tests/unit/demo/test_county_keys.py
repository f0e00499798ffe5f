import stat

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from demo.county.keys import SecretHasher, signing_key


def test_the_key_is_made_once_and_is_ours_alone(tmp_path):
    path = tmp_path / "signing-key.pem"
    first = signing_key(path)
    assert signing_key(path) == first == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_pem_private_key(first.encode(), None).key_size == 2048
    assert signing_key(tmp_path / "another.pem") != first


def test_a_secret_is_kept_as_a_hash():
    hasher = SecretHasher()
    kept = hasher.encode("a random secret", hasher.salt())
    assert "random" not in kept
    assert hasher.verify("a random secret", kept)
    assert not hasher.verify("another", kept)
