using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;
using k8s.Exceptions;

namespace k8s;

/// <summary>A client of one API server; for many threads.</summary>
public partial class Kubernetes : IKubernetes
{
    private readonly HttpMessageHandler _first;
    private readonly X509Certificate2 _clientCertificate;
    private readonly ServiceClientCredentials _credentials;
    private readonly KubernetesClientConfiguration _config;
    private Uri _baseUri;

    /// <summary>Makes a client.</summary>
    /// <param name="config">Server and credentials.</param>
    /// <param name="handlers">What each request goes through, the outermost first.</param>
    public Kubernetes(KubernetesClientConfiguration config, params DelegatingHandler[] handlers)
    {
        _config = config ?? throw new KubeConfigException("KubeConfig must be provided");
        if (string.IsNullOrWhiteSpace(config.Host))
            throw new KubeConfigException("Host url must be set");
        BaseUri = Uri.TryCreate(config.Host, UriKind.Absolute, out var uri) ? uri : throw new KubeConfigException($"Bad host url '{config.Host}'");
        HttpClientTimeout = config.HttpClientTimeout;
        _credentials = config switch
        {
            { TokenProvider: { } provider } => new TokenCredentials(provider),
            { AccessToken: { Length: > 0 } token } => FixedCredentials.Bearer(token),
            { Username: { Length: > 0 } user } => FixedCredentials.Basic(user, config.Password),
            _ => null,
        };
        _clientCertificate = ClientCertificate.Of(config);
        _first = Pipeline(Transport(), handlers);
        HttpClient = new HttpClient(_first, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrWhiteSpace(config.UserAgent))
            HttpClient.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", config.UserAgent);
    }

    /// <inheritdoc/>
    public Uri BaseUri
    {
        get => _baseUri;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _baseUri = value.AbsoluteUri.EndsWith('/') ? value : new Uri(value.AbsoluteUri + "/");
        }
    }

    /// <summary>What requests are sent with.</summary>
    public HttpClient HttpClient { get; protected set; }

    /// <summary>Longest time for a request that is not a watch.</summary>
    public virtual TimeSpan HttpClientTimeout { get; set; }

    /// <inheritdoc/>
    public ICoreV1Operations CoreV1 => this;

    /// <inheritdoc/>
    public ICustomObjectsOperations CustomObjects => this;

    /// <inheritdoc/>
    public ICoordinationV1Operations CoordinationV1 => this;

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the connections.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        HttpClient?.Dispose();
        HttpClient = null;
        _first.Dispose();
        _clientCertificate?.Dispose();
    }

    private SocketsHttpHandler Transport()
    {
        var transport = new SocketsHttpHandler
        {
            // As the package: HTTP/2 connections are asked for signs of life while requests are on them.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromMinutes(3),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            EnableMultipleHttp2Connections = true,
        };
        transport.SslOptions.ClientCertificates = [];
        _config.FirstMessageHandlerSetup?.Invoke(transport);
        if (BaseUri.Scheme == Uri.UriSchemeHttps)
        {
            if (_config.SkipTlsVerify)
                transport.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
            else if (_config.SslCaCerts is { } authorities)
                transport.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(authorities, certificate, chain, errors);
        }
        if (_clientCertificate is not null)
        {
            transport.SslOptions.ClientCertificates.Add(_clientCertificate);
            transport.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => _clientCertificate;
        }
        return transport;
    }

    private static HttpMessageHandler Pipeline(HttpMessageHandler transport, DelegatingHandler[] handlers)
    {
        var first = transport;
        foreach (var handler in (handlers ?? []).Reverse())
        {
            var innermost = handler;
            while (innermost.InnerHandler is DelegatingHandler inner)
                innermost = inner;
            innermost.InnerHandler = first;
            first = handler;
        }
        return first;
    }

    // Trusted are the given authorities only, not the machine's; a wrong name is never forgiven.
    private static bool IsTrusted(X509Certificate2Collection authorities, X509Certificate certificate, X509Chain chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors)
            return false;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build((X509Certificate2)certificate);
    }
}
