# The goka tool in a container: docker build -t goka . && docker run --rm goka --help
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/GokaAkka.Cli -c Release -o /app --nologo

# The web monitor wants ASP.NET Core.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
USER $APP_UID
ENTRYPOINT ["dotnet", "/app/goka.dll"]
