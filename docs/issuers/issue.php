<?php
// Prints a hand-off token: php issue.php KEY.json AUDIENCE < person.json
// PHP 8 alone, no Composer. EdDSA is in its sodium extension, HS256 in its core.

declare(strict_types=1);

const LIFETIME = 120; // seconds; the portal takes no longer one

function base64url(string $octets): string
{
    return rtrim(strtr(base64_encode($octets), '+/', '-_'), '=');
}

function unbase64url(string $text): string
{
    return base64_decode(strtr($text, '-_', '+/'));
}

function json(array $members): string
{
    return json_encode($members, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
}

function signature(string $input, array $key): string
{
    return match ($key['alg']) {
        // What sodium calls a secret key is the private half and the public half, one behind the other.
        'EdDSA' => sodium_crypto_sign_detached($input, unbase64url($key['d']) . unbase64url($key['x'])),
        'HS256' => hash_hmac('sha256', $input, unbase64url($key['k']), true),
    };
}

/** $person: the claims about the person and the browser's address, as docs/handoff.md names them. */
function handoff_token(array $person, array $key, string $audience): string
{
    $now = time();
    $header = ['alg' => $key['alg'], 'kid' => $key['kid'], 'typ' => 'handoff+jwt'];
    $claims = array_merge($person, [
        'iss' => $key['portal_iss'],
        'aud' => $audience,
        'iat' => $now,
        'exp' => $now + LIFETIME,
        'jti' => bin2hex(random_bytes(16)),
    ]);
    $input = base64url(json($header)) . '.' . base64url(json($claims));
    return $input . '.' . base64url(signature($input, $key));
}

$key = json_decode(file_get_contents($argv[1]), true, flags: JSON_THROW_ON_ERROR);
$person = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);
echo handoff_token($person, $key, $argv[2]), "\n";
