using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;

namespace FedOperator.KubernetesClient.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubeconfig-").FullName;
    private readonly string _certificate;
    private readonly string _key;

    public ConfigurationTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        (_certificate, _key) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_of_a_kubeconfig_lie_beside_it()
    {
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), _certificate + "\n" + _certificate);
        File.WriteAllText(Path.Combine(_folder, "me.crt"), _certificate);
        File.WriteAllText(Path.Combine(_folder, "me.key"), _key);
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(Write("config", """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u, namespace: team}}]
            clusters: [{name: c, cluster: {server: "https://here:6443", certificate-authority: ca.crt, tls-server-name: kubernetes}}]
            users: [{name: u, user: {client-certificate: me.crt, client-key: me.key}}]
            """));
        Assert.Equal(("https://here:6443", "x", "team", "kubernetes", false), (config.Host, config.CurrentContext, config.Namespace, config.TlsServerName, config.SkipTlsVerify));
        Assert.Equal(2, config.SslCaCerts.Count);
        Assert.Equal(Path.Combine(_folder, "me.key"), config.ClientKeyFilePath);
        using var client = new Kubernetes(config);
        Assert.Equal("https://here:6443/", client.BaseUri.AbsoluteUri);
    }

    [Fact]
    public void Data_within_a_kubeconfig_need_no_file()
    {
        var config = KubernetesClientConfiguration.BuildConfigFromConfigFile(Write("config", $$$"""
            current-context: none
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://here/base", certificate-authority-data: {{{Base64(_certificate)}}}, insecure-skip-tls-verify: true}}]
            users: [{name: u, user: {client-certificate-data: {{{Base64(_certificate)}}}, client-key-data: {{{Base64(_key)}}} }}]
            """), currentContext: "x");
        Assert.True(config.SkipTlsVerify);
        Assert.Single(config.SslCaCerts);
        using var client = new Kubernetes(config);
        Assert.Equal("https://here/base/", client.BaseUri.AbsoluteUri);
    }

    [Theory]
    [InlineData("current-context: y", "y not found")]
    [InlineData("current-context: nothing", "Cluster not found")]
    [InlineData("current-context: nobody", "User not found")]
    [InlineData("current-context: program", "exec")]
    [InlineData("current-context: empty", "credentials")]
    [InlineData("current-context:\n\t- x", "not YAML")]
    [InlineData("", "host")]
    public void What_is_wrong_with_a_kubeconfig_is_said(string context, string words)
    {
        var file = Write("config", context + """

            contexts: [{name: nothing, context: {cluster: none}}, {name: nobody, context: {cluster: c, user: none}}, {name: program, context: {cluster: c, user: p}}, {name: empty, context: {cluster: c, user: e}}]
            clusters: [{name: c, cluster: {server: "https://here"}}]
            users: [{name: p, user: {exec: {command: aws}}}, {name: e, user: {}}]
            """);
        Assert.Contains(words, Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_is_read_when_it_is_wanted()
    {
        var file = Write("token", "abc\n");
        var provider = new TokenFileAuth(file);
        Assert.Equal("Bearer abc", (await provider.GetAuthenticationHeaderAsync(CancellationToken.None)).ToString());
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
