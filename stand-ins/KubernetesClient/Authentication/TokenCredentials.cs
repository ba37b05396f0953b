using System.Net.Http.Headers;
using System.Text;

namespace k8s.Authentication;

/// <summary>Where tokens come from.</summary>
public interface ITokenProvider
{
    /// <summary>The header with a token that is good now.</summary>
    Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken);
}

/// <summary>A token in a file that is replaced before the token ends, as the kubelet does: read again every minute.</summary>
public class TokenFileAuth : ITokenProvider
{
    private readonly string _file;
    private volatile Reading _last;

    /// <summary>Names the file; it is first read when a token is wanted.</summary>
    public TokenFileAuth(string tokenFile) => _file = tokenFile;

    /// <inheritdoc/>
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && TimeProvider.System.GetElapsedTime(last.At) < TimeSpan.FromMinutes(1))
            return last.Header;
        var token = await File.ReadAllTextAsync(_file, cancellationToken).ConfigureAwait(false);
        var reading = new Reading(new AuthenticationHeaderValue("Bearer", token.Trim()), TimeProvider.System.GetTimestamp());
        _last = reading;
        return reading.Header;
    }

    private sealed record Reading(AuthenticationHeaderValue Header, long At);
}

internal sealed class TokenCredentials(ITokenProvider provider) : ServiceClientCredentials
{
    internal override async Task ProcessHttpRequestAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Headers.Authorization = await provider.GetAuthenticationHeaderAsync(cancellationToken).ConfigureAwait(false);
}

internal sealed class FixedCredentials(AuthenticationHeaderValue header) : ServiceClientCredentials
{
    internal static FixedCredentials Bearer(string token) => new(new AuthenticationHeaderValue("Bearer", token));

    internal static FixedCredentials Basic(string user, string password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));

    internal override Task ProcessHttpRequestAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = header;
        return Task.CompletedTask;
    }
}
