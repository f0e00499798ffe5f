// Prints a hand-off token: java Issue.java KEY.json AUDIENCE < person.json
// JDK 17 or later alone: Ed25519 is in java.security. Keys of EdDSA only.
//
// The JDK has no JSON parser. What is read here is small and ours: the key's members are flat texts, and the person's
// members go into the claims as they stand. With a JSON library at hand, use it for both.

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Issue {
    static final int LIFETIME = 120; // seconds; the portal takes no longer one

    static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    public static void main(String[] args) throws Exception {
        String key = Files.readString(Path.of(args[0]));
        String person = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(handoffToken(person, key, args[1]));
    }

    /** person: one JSON object with the claims about the person and the browser's address, as docs/handoff.md names them. */
    static String handoffToken(String person, String key, String audience) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String header = String.format("{\"alg\":\"EdDSA\",\"kid\":%s,\"typ\":\"handoff+jwt\"}", quoted(member(key, "kid")));
        String ours = String.format(
            "{\"iss\":%s,\"aud\":%s,\"iat\":%d,\"exp\":%d,\"jti\":%s,",
            quoted(member(key, "portal_iss")), quoted(audience), now, now + LIFETIME, quoted(randomName()));
        String claims = ours + person.strip().substring(1); // without its opening brace
        String input = base64url(header) + "." + base64url(claims);
        return input + "." + BASE64URL.encodeToString(sign(input, member(key, "d")));
    }

    static byte[] sign(String input, String d) throws GeneralSecurityException {
        var spec = new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Base64.getUrlDecoder().decode(d));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return signature.sign();
    }

    /** The value of a member that is a text without escapes, which is all that a JWK has. */
    static String member(String jwk, String name) {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(jwk);
        if (!found.find()) {
            throw new IllegalArgumentException("The key has no " + name + ".");
        }
        return found.group(1);
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    static String randomName() {
        byte[] octets = new byte[16];
        new SecureRandom().nextBytes(octets);
        return BASE64URL.encodeToString(octets);
    }

    static String base64url(String text) {
        return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
