// Prints a hand-off token: dotnet run -- KEY.json AUDIENCE < person.json
// .NET 8 or later alone: ECDsa and System.Text.Json are in it. Keys of ES256 only.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

const int Lifetime = 120; // seconds; the portal takes no longer one

var key = JsonNode.Parse(File.ReadAllText(args[0]))!.AsObject();
var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8).ReadToEnd();
Console.WriteLine(HandoffToken(JsonNode.Parse(input)!.AsObject(), key, args[1]));

// person: the claims about the person and the browser's address, as docs/handoff.md names them.
static string HandoffToken(JsonObject person, JsonObject key, string audience)
{
    var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    var header = new JsonObject { ["alg"] = "ES256", ["kid"] = Text(key, "kid"), ["typ"] = "handoff+jwt" };
    var claims = person.DeepClone().AsObject();
    claims["iss"] = Text(key, "portal_iss");
    claims["aud"] = audience;
    claims["iat"] = now;
    claims["exp"] = now + Lifetime;
    claims["jti"] = Base64Url(RandomNumberGenerator.GetBytes(16));
    var signed = $"{Base64Url(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
    // The two numbers of the signature side by side, as JWS wants them; not the DER that is the default elsewhere.
    var signature = PrivateKey(key).SignData(
        Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    return $"{signed}.{Base64Url(signature)}";
}

static ECDsa PrivateKey(JsonObject key) => ECDsa.Create(new ECParameters
{
    Curve = ECCurve.NamedCurves.nistP256,
    D = FromBase64Url(Text(key, "d")),
    Q = new ECPoint { X = FromBase64Url(Text(key, "x")), Y = FromBase64Url(Text(key, "y")) },
});

static string Text(JsonObject members, string name) => members[name]!.GetValue<string>();

static string Base64Url(byte[] octets) => Convert.ToBase64String(octets).TrimEnd('=').Replace('+', '-').Replace('/', '_');

static byte[] FromBase64Url(string text)
{
    var padded = text.Replace('-', '+').Replace('_', '/');
    return Convert.FromBase64String(padded + new string('=', (4 - padded.Length % 4) % 4));
}
