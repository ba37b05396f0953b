using System.Net.Security;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using FedOperator.Core.Storage;
using FedOperator.Tests.Azurite;

namespace FedOperator.Core.Tests.Storage;

/// <summary>An account opened with an identity: Azurite behind TLS, which asks for a token (and believes any that is well-formed).</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private readonly Folder _folder = new();
    private FedOperator.Tests.Azurite.Azurite _azurite = null!;
    private BlobStores _stores = null!;
    private SelfSigned _certificate = null!;
    private readonly Token _identity = new();

    public async Task InitializeAsync()
    {
        _certificate = SelfSigned.Create(_folder.Path);
        _azurite = await FedOperator.Tests.Azurite.Azurite.StartAsync(null, 0, "--oauth", "basic", "--cert", _certificate.CertificateFile, "--key", _certificate.KeyFile);
        _stores = BlobStores.WithIdentity(new Uri(_azurite.AccountUrl), _identity, Options());
    }

    public async Task DisposeAsync()
    {
        await _azurite.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_identity_makes_containers_and_signs_with_a_key_that_it_asks_for_once()
    {
        await _stores.CreateContainerAsync("fj-1", default);
        await _stores.CreateContainerAsync("fj-2", default);
        Assert.Equal(["fj-1", "fj-2"], await _stores.ListContainersAsync("fj-", default));
        await _stores.Container("fj-1").CreateAsync("a", "1"u8.ToArray(), default);
        var tokens = _identity.Asked;

        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(24);
        var signer = await _stores.SignerAsync(until, default);
        Assert.Equal(until, signer.Until);
        var url = signer.UrlOf("fj-1", ContainerAccess.Read);
        Assert.Contains("skoid=", url.Query, StringComparison.Ordinal);
        Assert.Contains("spr=https", url.Query, StringComparison.Ordinal);
        BlobStores.WriteCredentialFile(_folder["c.json"], BlobStores.CredentialContent(new Dictionary<string, Uri> { ["fj-1"] = url, ["fj-2"] = new(url.AbsoluteUri.Replace("fj-1", "fj-2", StringComparison.Ordinal)) }));
        var client = BlobStores.Open(_azurite.AccountUrl, _folder["c.json"], Options());
        Assert.Equal("1"u8.ToArray(), (await client.Container("fj-1").ReadAsync("a", 10, null, default)).Content.ToArray());
        var refused = await Assert.ThrowsAsync<BlobStoreException>(() => client.Container("fj-1").CreateAsync("b", default, default));
        Assert.Equal(BlobFault.Denied, refused.Fault);
        refused = await Assert.ThrowsAsync<BlobStoreException>(() => client.Container("fj-2").ReadAsync("a", 10, null, default));
        Assert.Equal(BlobFault.Denied, refused.Fault);

        // the delegation outlasts the signatures that it signs, and is kept
        var again = await _stores.SignerAsync(until + TimeSpan.FromHours(1), default);
        Assert.Equal(Part(url, "ske"), Part(again.UrlOf("fj-1", ContainerAccess.Read), "ske"));
        Assert.True(_identity.Asked >= tokens && tokens >= 1);
    }

    [Fact]
    public async Task No_signature_outlasts_the_seven_days_of_a_delegation()
    {
        var signer = await _stores.SignerAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(30), default);
        Assert.InRange((signer.Until - TimeProvider.System.GetUtcNow()).TotalDays, 6.9, 7);
        Assert.Equal(signer.Until.ToUnixTimeSeconds(), DateTimeOffset.Parse(Uri.UnescapeDataString(Part(signer.UrlOf("fj-1", ContainerAccess.Read), "se")["se=".Length..]), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());
    }

    private static string Part(Uri url, string name) => url.Query.TrimStart('?').Split('&').Single(p => p.StartsWith(name + "=", StringComparison.Ordinal));

    private BlobStoreOptions Options()
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.GetCertHashString() == _certificate.Thumbprint },
        };
        return new BlobStoreOptions { Transport = new HttpClientTransport(new HttpClient(handler)) };
    }

    /// <summary>A token as Azure's look, signed by nobody.</summary>
    private sealed class Token : TokenCredential
    {
        public int Asked { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Asked++;
            var now = TimeProvider.System.GetUtcNow();
            var claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["aud"] = "https://storage.azure.com",
                ["iss"] = "https://sts.windows.net/00000000-0000-0000-0000-000000000001/",
                ["iat"] = now.ToUnixTimeSeconds() - 60,
                ["nbf"] = now.ToUnixTimeSeconds() - 60,
                ["exp"] = now.ToUnixTimeSeconds() + 3600,
                ["oid"] = "00000000-0000-0000-0000-000000000002",
                ["tid"] = "00000000-0000-0000-0000-000000000001",
            };
            return new AccessToken($"{Part("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")}.{Part(JsonSerializer.Serialize(claims))}.{Part("signature")}", now.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));

        private static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
