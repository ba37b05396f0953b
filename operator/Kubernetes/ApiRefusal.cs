using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace FedOperator.Operator.Kubernetes;

/// <summary>What the API server answered instead of doing as asked.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Reason">Kubernetes' word: AlreadyExists, Conflict, Forbidden, Invalid ...; empty where it gave none.</param>
/// <param name="Message">Its words.</param>
internal sealed record ApiRefusal(HttpStatusCode Code, string Reason, string Message)
{
    /// <summary>There is such an object already.</summary>
    public bool IsAlreadyExists => Code == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>The object, or a quota's count, changed in the meantime: what was planned is out of date.</summary>
    public bool IsConflict => Code == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    /// <summary>There is no such object.</summary>
    public bool IsNotFound => Code == HttpStatusCode.NotFound;

    /// <summary>Said no for a reason that only people can mend: a quota, Pod Security, a webhook, missing rights, an invalid field. A webhook that is away answers as 500.</summary>
    public bool IsForPeople => Code is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity or HttpStatusCode.InternalServerError;

    /// <summary>Reads an exception of the client.</summary>
    public static ApiRefusal Of(HttpOperationException exception)
    {
        var body = exception.Response?.Content ?? "";
        var code = exception.Response?.StatusCode ?? default(HttpStatusCode);
        try
        {
            var status = KubernetesJson.Deserialize<V1Status>(body);
            return new ApiRefusal(code, status?.Reason ?? "", status?.Message is { Length: > 0 } message ? message : body);
        }
        catch (JsonException)
        {
            // Not from the API server itself: a proxy, say.
            return new ApiRefusal(code, "", body.Length > 0 ? body : exception.Message);
        }
    }
}
