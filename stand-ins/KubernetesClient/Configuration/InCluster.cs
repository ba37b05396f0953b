using System.Security.Cryptography.X509Certificates;
using k8s.Authentication;
using k8s.Exceptions;

namespace k8s;

public partial class KubernetesClientConfiguration
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether this process runs in a pod with a service account.</summary>
    public static bool IsInCluster() =>
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 }
        && Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT") is { Length: > 0 }
        && File.Exists($"{ServiceAccount}/token")
        && File.Exists($"{ServiceAccount}/ca.crt");

    /// <summary>From the pod's service account; its token is read again as the kubelet renews it.</summary>
    public static KubernetesClientConfiguration InClusterConfig()
    {
        if (!IsInCluster())
        {
            throw new KubeConfigException(
                $"Unable to load in-cluster configuration: KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set, or {ServiceAccount} lacks token or ca.crt (automountServiceAccountToken: true mounts them)");
        }
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile($"{ServiceAccount}/ca.crt");
        var port = int.Parse(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"), System.Globalization.CultureInfo.InvariantCulture);
        return new KubernetesClientConfiguration
        {
            Host = new UriBuilder("https", Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"), port).ToString(),
            TokenProvider = new TokenFileAuth($"{ServiceAccount}/token"),
            SslCaCerts = authorities,
            Namespace = File.Exists($"{ServiceAccount}/namespace") ? File.ReadAllText($"{ServiceAccount}/namespace") : null,
        };
    }
}
