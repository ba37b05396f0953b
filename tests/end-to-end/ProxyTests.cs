using System.Diagnostics;
using System.Net.Security;
using Azure.Core.Pipeline;
using FedOperator.Core.Storage;
using FedOperator.EndToEnd.Tests.Harness;
using FedOperator.Operator.Jobs;
using FedOperator.Tests.Azurite;

namespace FedOperator.EndToEnd.Tests;

/// <summary>What a hospital's network asks of a trainer: everything through a proxy, and a certificate authority of its own.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-proxy-").FullName;
    private SelfSigned _certificate = null!;
    private Azurite _azurite = null!;
    private TestJob _job = null!;
    private string _credential = "";

    public async Task InitializeAsync()
    {
        _certificate = SelfSigned.Create(_folder);
        _azurite = await Azurite.StartAsync(null, 0, "--cert", _certificate.CertificateFile, "--key", _certificate.KeyFile);
        _job = new TestJob(Specs.Everything);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.GetCertHashString() == _certificate.Thumbprint },
        };
        var options = new BlobStoreOptions { Transport = new HttpClientTransport(new HttpClient(handler)) };
        var stores = BlobStores.WithKey(new Uri(_azurite.AccountUrl), Azurite.AccountKey, options);
        await PlanPublication.PublishAsync(stores, _job.Plan, CancellationToken.None);
        var issued = Credentials.Issue(_job.Plan, await stores.SignerAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1), CancellationToken.None));
        _credential = Path.Join(_folder, "credential.json");
        BlobStores.WriteCredentialFile(_credential, issued.Files["aggregator"]);
    }

    public async Task DisposeAsync()
    {
        _job.Dispose();
        await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task HTTPS_PROXY_and_SSL_CERT_FILE_are_honoured()
    {
        Assert.StartsWith("https://", _azurite.Address, StringComparison.Ordinal);
        using var proxy = new TunnelProxy();
        using var init = Start(("HTTPS_PROXY", proxy.Address), ("SSL_CERT_FILE", _certificate.CertificateFile));
        var errors = init.StandardError.ReadToEndAsync();
        await init.WaitForExitAsync();
        Assert.True(init.ExitCode == 0, await errors);
        Assert.NotEmpty(proxy.Asked);
        Assert.All(proxy.Asked, line => Assert.StartsWith($"CONNECT {new Uri(_azurite.Address).Authority} ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused_and_said_so()
    {
        using var init = Start();
        var line = await init.StandardError.ReadLineAsync();
        init.Kill();
        await init.WaitForExitAsync();
        Assert.Contains("no answer from the store (AuthenticationException)", line, StringComparison.Ordinal);
    }

    private Process Start(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "trainer.dll"), "init", "--store", _azurite.AccountUrl, "--credential", _credential, "--job", TestJob.Id])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
