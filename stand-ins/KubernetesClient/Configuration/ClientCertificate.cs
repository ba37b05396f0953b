using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Exceptions;

namespace k8s;

/// <summary>The certificate that a client shows.</summary>
internal static class ClientCertificate
{
    internal static X509Certificate2 Of(KubernetesClientConfiguration config)
    {
        var certificate = Pem(config.ClientCertificateFilePath, config.ClientCertificateData);
        var key = Pem(config.ClientKeyFilePath, config.ClientCertificateKeyData);
        if (certificate is null && key is null)
            return null;
        if (certificate is null || key is null)
            throw new KubeConfigException(certificate is null ? "certData is empty" : "keyData is empty");
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    private static string Pem(string path, string data)
    {
        if (!string.IsNullOrWhiteSpace(path))
            return File.ReadAllText(path);
        return string.IsNullOrWhiteSpace(data) ? null : Encoding.UTF8.GetString(Convert.FromBase64String(data));
    }
}
