using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using k8s.Authentication;

namespace k8s;

/// <summary>Where an API server is, and who asks.</summary>
public partial class KubernetesClientConfiguration
{
    private JsonSerializerOptions _jsonSerializerOptions;

    /// <summary>Name of the context that was taken from a kubeconfig.</summary>
    public string CurrentContext { get; private set; }

    /// <summary>Namespace of that context, or of the pod.</summary>
    public string Namespace { get; set; }

    /// <summary>URL of the server.</summary>
    public string Host { get; set; }

    /// <summary>Authorities to trust; null: the machine's.</summary>
    public X509Certificate2Collection SslCaCerts { get; set; }

    /// <summary>Client certificate: base64 of PEM.</summary>
    public string ClientCertificateData { get; set; }

    /// <summary>Its key: base64 of PEM.</summary>
    public string ClientCertificateKeyData { get; set; }

    /// <summary>Client certificate: a PEM file.</summary>
    public string ClientCertificateFilePath { get; set; }

    /// <summary>Its key: a PEM file.</summary>
    public string ClientKeyFilePath { get; set; }

    /// <summary>The server's certificate is not looked at.</summary>
    public bool SkipTlsVerify { get; set; }

    /// <summary>Name to expect in the server's certificate instead of the URL's.</summary>
    public string TlsServerName { get; set; }

    /// <summary>Tells the server what program asks.</summary>
    public string UserAgent { get; set; } = $"kubernetes-csharp/{typeof(KubernetesClientConfiguration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    /// <summary>For basic authentication.</summary>
    public string Username { get; set; }

    /// <summary>For basic authentication.</summary>
    public string Password { get; set; }

    /// <summary>A bearer token.</summary>
    public string AccessToken { get; set; }

    /// <summary>Where bearer tokens come from; goes before <see cref="AccessToken"/>.</summary>
    public ITokenProvider TokenProvider { get; set; }

    /// <summary>Longest time for a request that is not a watch.</summary>
    public TimeSpan HttpClientTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Changes the transport before it is used.</summary>
    public Action<SocketsHttpHandler> FirstMessageHandlerSetup { get; set; }

    /// <summary>HTTP/1.1 even where the server speaks HTTP/2.</summary>
    public bool DisableHttp2 { get; set; }

    /// <summary>How bodies are written and read.</summary>
    public JsonSerializerOptions JsonSerializerOptions => _jsonSerializerOptions ??= new JsonSerializerOptions(KubernetesJson.Options);
}
