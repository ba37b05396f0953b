using System.Text;
using k8s.Exceptions;

namespace k8s;

public partial class KubernetesClientConfiguration
{
    /// <summary>Where a user's kubeconfig lies.</summary>
    public static readonly string KubeConfigDefaultLocation = Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/", ".kube/config");

    /// <summary>From the files in KUBECONFIG, else from the user's kubeconfig, else from the pod's service account, else http://localhost:8080.</summary>
    public static KubernetesClientConfiguration BuildDefaultConfig()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { } files)
            return From(KubeConfig.Load([.. files.Split(Path.PathSeparator).Select(f => f.Trim('"'))]), null, null);
        if (File.Exists(KubeConfigDefaultLocation))
            return BuildConfigFromConfigFile(KubeConfigDefaultLocation);
        return IsInCluster() ? InClusterConfig() : new KubernetesClientConfiguration { Host = "http://localhost:8080" };
    }

    /// <summary>From a kubeconfig.</summary>
    /// <param name="kubeconfigPath">Null: <see cref="KubeConfigDefaultLocation"/>.</param>
    /// <param name="currentContext">Instead of the file's current context.</param>
    /// <param name="masterUrl">Instead of the cluster's server.</param>
    /// <param name="useRelativePaths">Paths in the file are relative to its folder, otherwise to the working directory.</param>
    public static KubernetesClientConfiguration BuildConfigFromConfigFile(string kubeconfigPath = null, string currentContext = null, string masterUrl = null, bool useRelativePaths = true) =>
        From(KubeConfig.Load([kubeconfigPath ?? KubeConfigDefaultLocation], useRelativePaths), currentContext, masterUrl);

    private static KubernetesClientConfiguration From(KubeConfig file, string contextName, string masterUrl)
    {
        var config = new KubernetesClientConfiguration();
        if ((contextName ?? file.CurrentContext) is { } name)
            config.Take(file, name);
        if (!string.IsNullOrWhiteSpace(masterUrl))
            config.Host = masterUrl;
        return string.IsNullOrWhiteSpace(config.Host) ? throw new KubeConfigException("Cannot infer server host url either from context or masterUrl") : config;
    }

    private void Take(KubeConfig file, string name)
    {
        var context = file.Context(name) ?? throw new KubeConfigException($"CurrentContext: {name} not found in contexts in kubeconfig");
        CurrentContext = context.Name;
        Namespace = context.Text("namespace");

        var cluster = file.Cluster(context.Text("cluster") ?? throw new KubeConfigException($"Cluster not set for context `{name}` in kubeconfig"))
            ?? throw new KubeConfigException($"Cluster not found for context `{name}` in kubeconfig");
        Host = cluster.Text("server") ?? throw new KubeConfigException($"Server not found for current-context `{name}` in kubeconfig");
        if (!Uri.TryCreate(Host, UriKind.Absolute, out var uri))
            throw new KubeConfigException($"Bad server host URL `{Host}` (cannot be parsed)");
        SkipTlsVerify = string.Equals(cluster.Text("insecure-skip-tls-verify"), "true", StringComparison.OrdinalIgnoreCase);
        TlsServerName = cluster.Text("tls-server-name");
        if (uri.Scheme == Uri.UriSchemeHttps && Authorities(cluster) is { } pem)
        {
            SslCaCerts = [];
            SslCaCerts.ImportFromPem(pem);
        }
        if (context.Text("user") is { } user)
            Take(file.User(user) ?? throw new KubeConfigException($"User not found for context {name} in kubeconfig"));
    }

    private static string Authorities(KubeConfigEntry cluster)
    {
        if (cluster.Text("certificate-authority-data") is { } data)
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        return cluster.FilePath("certificate-authority") is { } path ? File.ReadAllText(path) : null;
    }

    private void Take(KubeConfigEntry user)
    {
        AccessToken = user.Text("token");
        if (AccessToken is null)
            (Username, Password) = (user.Text("username"), user.Text("password"));
        ClientCertificateData = user.Text("client-certificate-data");
        ClientCertificateKeyData = user.Text("client-key-data");
        ClientCertificateFilePath = user.FilePath("client-certificate");
        ClientKeyFilePath = user.FilePath("client-key");
        if (user.Has("exec") || user.Has("auth-provider"))
            throw new KubeConfigException($"User {user.Name} in kubeconfig authenticates by a program (exec or auth-provider): that takes the KubernetesClient package (UseStandIns=false)");
        if (AccessToken is null && Username is null && ClientCertificateData is null && ClientCertificateFilePath is null)
            throw new KubeConfigException($"User: {user.Name} does not have appropriate auth credentials in kubeconfig");
    }
}
