#!/usr/bin/perl
# Prints a hand-off token: perl issue.pl KEY.json AUDIENCE < person.json
# Crypt::JWT: Debian's package libcrypt-jwt-perl, or CPAN. It knows EdDSA, ES256 and HS256.

use strict;
use warnings;
use Crypt::JWT qw(encode_jwt);
use Crypt::PRNG qw(random_bytes_hex);
use JSON::PP qw(decode_json);

use constant LIFETIME => 120;    # seconds; the portal takes no longer one

# $person: the claims about the person and the browser's address, as docs/handoff.md names them.
sub handoff_token {
    my ($person, $key, $audience) = @_;
    my $now    = time;
    my $claims = {
        %$person,
        iss => $key->{portal_iss},
        aud => $audience,
        iat => $now,
        exp => $now + LIFETIME,
        jti => random_bytes_hex(16),
    };
    return encode_jwt(
        payload       => $claims,
        key           => $key,
        alg           => $key->{alg},
        extra_headers => { kid => $key->{kid}, typ => 'handoff+jwt' },
    );
}

sub whole {
    my ($file) = @_;
    local $/;
    return decode_json(scalar <$file>);    # octets in UTF-8 become characters here; they must not be decoded twice
}

my ($key_file, $audience) = @ARGV;
open my $file, '<', $key_file or die "$key_file: $!\n";
print handoff_token(whole(\*STDIN), whole($file), $audience), "\n";
